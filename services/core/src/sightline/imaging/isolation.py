"""Decode images in isolated processes; crashes and timeouts become rejections of the image."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from sightline import tracing
from sightline.domain.failures import Rejected
from sightline.imaging.process_pool import DecodePool, ProcessDied

Arguments = ParamSpec("Arguments")
Value = TypeVar("Value")


async def run_isolated(
    pool: DecodePool,
    function: Callable[Arguments, Value],
    *arguments: Arguments.args,
    **options: Arguments.kwargs,
) -> Value:
    """Return the function's result for an image, computed in the pool.

    Raises `Rejected`, and `Stalled` if the machine is too busy: then the image is not at fault. If
    the process dies, the image is retried once in a new one: the kernel may have killed the
    process because the machine ran out of memory.
    """
    with tracing.child_span(f"isolated {function.__name__}"):
        return await _run(pool, function, *arguments, **options)


async def _run(
    pool: DecodePool,
    function: Callable[Arguments, Value],
    *arguments: Arguments.args,
    **options: Arguments.kwargs,
) -> Value:
    try:
        try:
            return await pool.run(function, *arguments, **options)
        except ProcessDied:
            return await pool.run(function, *arguments, **options)
    except ProcessDied:
        raise Rejected("decoder_crashed", "The image crashes the decoder.") from None
    except MemoryError:
        raise Rejected("too_much_memory", "Decoding the image exceeds the memory limit.") from None
    except TimeoutError:
        raise Rejected("decode_timeout", "Decoding the image takes too long.") from None
