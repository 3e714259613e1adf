"""Which JSON file of Google Takeout describes which image: the rules of its file names.

They are not documented. Takeout appends `.json`, or since 2024 `.supplemental-metadata.json`, to
the file name, and shortens the name without `.json` to 46 UTF-16 code units. A counter such as
`(1)` is not shortened: it moves from the end of the file name to the end of that of the JSON file.
An edited image has a suffix in the language of the account, and no JSON file of its own.
https://github.com/ente/ente/pull/4956
https://github.com/TheLastGimbus/GooglePhotosTakeoutHelper/pull/449
https://github.com/simulot/immich-go/issues/652
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeVar

SIDECAR_SUFFIX = ".supplemental-metadata"

#: UTF-16 code units of the name of a JSON file, without its counter and `.json`.
MAX_UNITS = 46

#: Suffixes of edited images by language. Others, and shortened ones, are recognized by the original
#: that is beside them.
EDITED_SUFFIXES = (
    "-edited",
    "-effects",
    "-bearbeitet",
    "-bewerkt",
    "-editado",
    "-editat",
    "-edytowane",
    "-ha editado",
    "-modificato",
    "-modifié",
    "-redigerad",
    "-редактировано",
    "-編集済み",
    "-已修改",
)

_COUNTER = re.compile(r"(?P<stem>.+?)(?P<counter>\(\d{1,4}\))")

Sidecar = TypeVar("Sidecar")


class FileName(NamedTuple):
    """A file name in its parts: `IMG(1).jpg` has the stem `IMG`, and the counter `(1)`."""

    stem: str
    counter: str
    suffix: str

    @classmethod
    def parse(cls, name: str) -> "FileName":
        stem, dot, suffix = name.rpartition(".")
        if not dot:
            stem, suffix = name, ""
        match = _COUNTER.fullmatch(stem)
        if match:
            return cls(match["stem"], match["counter"], dot + suffix)
        return cls(stem, "", dot + suffix)


def find_sidecar(name: str, sidecars: Mapping[str, Sidecar]) -> Sidecar | None:
    """Return the sidecar of an image; they are those of its folder, by name without `.json`."""
    for candidate in _candidates(name):
        if candidate in sidecars:
            return sidecars[candidate]
    return _find_shortened(FileName.parse(name), sidecars)


def find_original(name: str, sidecars: Mapping[str, Sidecar]) -> Sidecar | None:
    """Return the sidecar of the original of an edited image, or of an image of the same name."""
    stem, counter, suffix = FileName.parse(name)
    known = [stem.removesuffix(each) for each in EDITED_SUFFIXES if stem.endswith(each)]
    shortened, dash, _ = stem.rpartition("-")
    for original in (*known, *([shortened] if dash and shortened else [])):
        found = find_sidecar(f"{original}{counter}{suffix}", sidecars)
        if found is not None:
            return found
    # Some counted copies share the sidecar of the first one.
    return find_sidecar(f"{stem}{suffix}", sidecars) if counter else None


def _candidates(name: str) -> Iterator[str]:
    """Yield the names that the sidecar may have, without `.json`, in the order of preference."""
    stem, counter, suffix = FileName.parse(name)
    base = stem + suffix
    yield name
    yield base + counter
    yield clip(base + SIDECAR_SUFFIX) + counter
    yield clip(name + SIDECAR_SUFFIX)
    yield clip(base) + counter
    yield clip(name)
    # Short names had their own suffix removed once.
    yield stem + counter


def _find_shortened(name: FileName, sidecars: Mapping[str, Sidecar]) -> Sidecar | None:
    """Return the sidecar whose name was shortened after the whole file name, to any length."""
    whole = name.stem + name.suffix
    full = whole + SIDECAR_SUFFIX
    matching = [
        each
        for each in sidecars
        if each.endswith(name.counter)
        and full.startswith(bare := each.removesuffix(name.counter))
        and bare.startswith(whole)
    ]
    return sidecars[max(matching, key=len)] if matching else None


def clip(text: str) -> str:
    """Return the text without what exceeds the limit, which counts UTF-16 code units."""
    encoded = text.encode("utf-16-le", errors="surrogatepass")[: MAX_UNITS * 2]
    return encoded.decode("utf-16-le", errors="ignore")
