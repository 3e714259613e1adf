"""The scripts of `infra/tools`, as modules."""

from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType

from infra.terraform import ROOT


def load_tool(name: str) -> ModuleType:
    spec = spec_from_file_location(name, ROOT / "infra" / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
