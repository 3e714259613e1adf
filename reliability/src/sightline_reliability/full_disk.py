"""A disk without space, for one process that runs.

The kernel rejects each write to a file, as on a disk that is full, but with EFBIG in place of
ENOSPC. That needs no privilege and no file system of its own. Deletions go on.
"""

import contextlib
import resource
from collections.abc import Iterator


@contextlib.contextmanager
def full_disk(pid: int) -> Iterator[None]:
    """Have every write of the process to a file fail within the context."""
    soft_limit, hard_limit = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard_limit))
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft_limit, hard_limit))
