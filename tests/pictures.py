"""Where tests find pictures: a folder of real and hostile ones beside the repository, if there is
one, and always those that the repository draws itself."""

import os
from pathlib import Path

_ROOT = Path(__file__).parents[1]

#: Real photographs and malformed files; tests that use it say what they do without it.
FOLDER = Path(os.environ.get("SIGHTLINE_TEST_IMAGES", _ROOT.parent / "shared" / "images"))


def find_pictures(kind: str) -> list[Path]:
    """The files of `photos` or `malformed`; empty where the folder is not there."""
    return sorted(path for path in (FOLDER / kind).glob("*") if path.is_file())
