"""Return of free memory to the system."""

import ctypes
import sys


def release_memory() -> None:
    """Return the memory that freed images occupied; without glibc, do nothing.

    glibc keeps freed blocks for reuse. Images differ in size, so that the blocks of each hardly fit
    the next one, and the process would grow by several hundred megabytes. It takes about 5 ms.
    """
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
