"""Generate the tables of docs/configuration.md from the settings classes of the services.

    python docs/generate_configuration.py    (or: make docs)

Only the text between the markers `<!-- settings: NAME -->` and `<!-- end -->` is generated.
"""

import json
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import AliasChoices, BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode

from sightline.settings import ConsumerSettings, ServiceSettings
from sightline_api.settings import ApiSettings
from sightline_local.recognition.settings import RecognitionSettings
from sightline_local.web.settings import WebSettings
from sightline_notifier.settings import NotifierSettings
from sightline_ops.analytics.settings import AnalyticsSettings
from sightline_resizer.settings import ResizerSettings
from sightline_worker.settings import WorkerSettings

PAGE = Path(__file__).with_name("configuration.md")

#: The section of each settings class. A class lists only the fields that it declares itself.
SECTIONS: Mapping[str, type[BaseSettings]] = {
    "services": ServiceSettings,
    "consumers": ConsumerSettings,
    "api": ApiSettings,
    "worker": WorkerSettings,
    "resizer": ResizerSettings,
    "notifier": NotifierSettings,
    "analytics": AnalyticsSettings,
    "recognition": RecognitionSettings,
    "web": WebSettings,
}

#: Defaults that depend on the machine.
COMPUTED_DEFAULTS = {"SIGHTLINE_RECOGNITION_CONCURRENCY": "CPU cores, 2 to 4"}

TYPE_NAMES = {int: "integer", float: "number", str: "string", bool: "boolean", Path: "path"}
BOUNDS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}


def render_page(page: str) -> str:
    """Return the page with every generated section brought up to date."""
    for name, settings in SECTIONS.items():
        begin, end = f"<!-- settings: {name} -->\n", "<!-- end -->"
        if page.count(begin) != 1:
            raise ValueError(f"expected one section {name!r} in {PAGE.name}")
        before, _, rest = page.partition(begin)
        _, _, after = rest.partition(end)
        table = "\n".join(_format_rows(settings))
        page = f"{before}{begin}\n{table}\n\n{end}{after}"
    return page


def own_fields(settings: type[BaseSettings]) -> Iterator[tuple[str, FieldInfo]]:
    """Yield each field that the class declares, with the environment variable that sets it."""
    prefix = settings.model_config.get("env_prefix", "")
    for name, field in settings.model_fields.items():
        if name in settings.__annotations__:
            yield _variable(prefix + name.upper(), field.validation_alias), field


def _variable(default: str, alias: object) -> str:
    if isinstance(alias, str):
        return alias
    if isinstance(alias, AliasChoices):
        return ", ".join(str(choice) for choice in alias.choices)
    return default


def _format_rows(settings: type[BaseSettings]) -> Iterator[str]:
    yield "| Variable | Type | Default | Description |"
    yield "|---|---|---|---|"
    for variable, field in own_fields(settings):
        names = " or ".join(f"`{name}`" for name in variable.split(", "))
        kind = (
            "list, separated by commas"
            if _is_split(field)
            else _format_type(field.annotation) + _format_bounds(field)
        )
        cells = names, kind, _format_default(variable, field), field.description or ""
        yield "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"


def _is_split(field: FieldInfo) -> bool:
    """Return whether the setting splits its text itself, instead of reading JSON."""
    return NoDecode in field.metadata


def _format_type(annotation: Any) -> str:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        return " or ".join(_format_type(each) for each in arguments if each is not NoneType)
    if origin is Literal:
        return ", ".join(f"`{value}`" for value in arguments)
    if origin is dict:
        return "JSON object"
    if origin in (tuple, frozenset):
        return f"JSON array of {_format_type(arguments[0])}"
    if annotation is SecretStr:
        return "string, secret"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "JSON object"
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return ", ".join(f"`{member.value}`" for member in annotation)
    return TYPE_NAMES[annotation]


def _format_bounds(field: FieldInfo) -> str:
    bounds = (
        f"{sign} {getattr(constraint, name):,}"
        for constraint in field.metadata
        for name, sign in BOUNDS.items()
        if hasattr(constraint, name)
    )
    return "".join(f", {bound}" for bound in bounds)


def _format_default(variable: str, field: FieldInfo) -> str:
    if variable in COMPUTED_DEFAULTS:
        return COMPUTED_DEFAULTS[variable]
    if field.is_required():
        return "**required**"
    default = field.default
    if default is None:
        return "none"
    if _is_split(field):
        return ", ".join(f"`{each}`" for each in default) or "none"
    if isinstance(default, (tuple, frozenset, dict)):
        return f"`{json.dumps(default if isinstance(default, dict) else list(default))}`"
    return f"`{default.value if isinstance(default, Enum) else default}`"


def main() -> None:
    PAGE.write_text(render_page(PAGE.read_text()))


if __name__ == "__main__":
    main()
