"""Where pictures are decoded: on the workbench, with its mishaps told as what they say of a
picture."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from sightline.domain.failures import Rejected
from sightline.imaging.process_pool import DecodePool, ProcessDied

Arguments = ParamSpec("Arguments")
Value = TypeVar("Value")


async def run_isolated(
    bench: DecodePool,
    function: Callable[Arguments, Value],
    *arguments: Arguments.args,
    **options: Arguments.kwargs,
) -> Value:
    """What the function makes of a picture. Raises `Rejected`.

    A process that dies may have been the kernel's choice in a moment of need, so the picture has
    a second chance in a fresh one.
    """
    try:
        try:
            return await bench.run(function, *arguments, **options)
        except ProcessDied:
            return await bench.run(function, *arguments, **options)
    except ProcessDied:
        raise Rejected("decoder_crashed", "The picture crashes the decoder.") from None
    except MemoryError:
        raise Rejected(
            "too_much_memory", "The picture takes more memory than is allowed for one."
        ) from None
    except TimeoutError:
        raise Rejected("decode_timeout", "The picture takes too long to decode.") from None
