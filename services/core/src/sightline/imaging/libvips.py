"""The few functions of libvips that scale a PNG, called through its C API.

The library comes with the package `pyvips-binary`. The package `pyvips` has no wheels, and
containers install nothing else. https://www.libvips.org/API/current/
"""

import os
from functools import cache
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from typing import Any

import cffi

DECLARATIONS = """
typedef struct _VipsImage VipsImage;
int vips_init(const char *name);
void vips_concurrency_set(int threads);
void vips_cache_set_max(int max);
void vips_error_clear(void);
int vips_pngload_buffer(void *buffer, size_t size, VipsImage **out, ...);
int vips_resize(VipsImage *in, VipsImage **out, double scale, ...);
int vips_image_get_width(const VipsImage *image);
int vips_image_get_height(const VipsImage *image);
int vips_image_get_bands(const VipsImage *image);
int vips_image_get_format(const VipsImage *image);
void *vips_image_write_to_memory(VipsImage *in, size_t *size);
void g_object_unref(void *object);
void g_free(void *memory);
"""

#: Values of the enumerations VipsAccess, VipsFailOn and VipsBandFormat.
ACCESS_SEQUENTIAL, FAIL_ON_WARNING, FORMAT_UCHAR = 1, 3, 0

_ffi = cffi.FFI()
_ffi.cdef(DECLARATIONS)


def scale_rgb(body: bytes, size: tuple[int, int]) -> bytes | None:
    """Return the pixels of a PNG in 8-bit RGB, scaled to `size` with Lanczos' filter.

    None if libvips is not available, or the file is damaged or of another kind.
    """
    library = _open()
    if library is None:
        return None
    source, scaled = _ffi.new("VipsImage **"), _ffi.new("VipsImage **")
    try:
        return _scale(library, body, size, source, scaled)
    finally:
        library.vips_error_clear()
        for image in (scaled, source):
            if image[0] != _ffi.NULL:
                library.g_object_unref(image[0])


def _scale(
    library: Any, body: bytes, size: tuple[int, int], source: Any, scaled: Any
) -> bytes | None:
    options = (
        *(_ffi.new("char[]", b"access"), _ffi.cast("int", ACCESS_SEQUENTIAL)),
        *(_ffi.new("char[]", b"fail_on"), _ffi.cast("int", FAIL_ON_WARNING)),
        _ffi.NULL,
    )
    buffer = _ffi.from_buffer(body)
    if library.vips_pngload_buffer(buffer, len(body), source, *options):
        return None
    image = source[0]
    if library.vips_image_get_format(image) != FORMAT_UCHAR:
        return None
    horizontal = size[0] / library.vips_image_get_width(image)
    vertical = size[1] / library.vips_image_get_height(image)
    name = _ffi.new("char[]", b"vscale")
    if library.vips_resize(
        image, scaled, horizontal, name, _ffi.cast("double", vertical), _ffi.NULL
    ):
        return None
    result = scaled[0]
    shape = library.vips_image_get_width(result), library.vips_image_get_height(result)
    if shape != size or library.vips_image_get_bands(result) != 3:
        return None
    length = _ffi.new("size_t *")
    memory = library.vips_image_write_to_memory(result, length)
    if memory == _ffi.NULL:
        return None
    try:
        return bytes(_ffi.buffer(memory, length[0]))
    finally:
        library.g_free(memory)


@cache
def _open() -> Any:
    """Return the library, with one thread and without a cache; None if there is none."""
    path = _find()
    if path is None:
        return None
    # A decode process has one core. The variable also holds for threads that start later.
    os.environ.setdefault("VIPS_CONCURRENCY", "1")
    library = _ffi.dlopen(str(path))
    if library.vips_init(b"sightline"):
        return None
    library.vips_concurrency_set(1)
    library.vips_cache_set_max(0)
    return library


def _find() -> Path | None:
    try:
        found = files("pyvips-binary") or []
    except PackageNotFoundError:
        return None
    return next(
        (Path(str(each.locate())) for each in found if each.name.startswith("libvips")), None
    )
