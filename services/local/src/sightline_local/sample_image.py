"""A drawn sample image: evening over hills, with the metadata of a fictional camera."""

import io
import random

from PIL import Image, ImageDraw, ImageFilter
from PIL.ExifTags import GPS, IFD, Base

SIZE = (2400, 1600)

#: Text at the bottom of the image, for text recognition.
CAPTION = "SIGHTLINE EVENING"

TAKEN_AT = "2026:06:21 21:14:08"
OFFSET = "+02:00"
CAMERA = ("Sightline", "Drawing Board")

#: Degrees, minutes and seconds north and east: the Brenner Pass.
LATITUDE = (47.0, 0.0, 18.0)
LONGITUDE = (11.0, 30.0, 27.0)
ALTITUDE = 1370.0


def draw_sample(orientation: int = 1, size: tuple[int, int] = SIZE) -> bytes:
    """Draw a JPEG with time, place and camera in EXIF; `orientation` does not rotate the pixels."""
    file = io.BytesIO()
    _draw(size).save(file, "JPEG", quality=90, exif=_build_exif(orientation))
    return file.getvalue()


def _draw(size: tuple[int, int]) -> Image.Image:
    width, height = size
    sky = Image.linear_gradient("L").resize(size)
    image = Image.composite(
        Image.new("RGB", size, (255, 170, 90)), Image.new("RGB", size, (40, 50, 120)), sky
    )
    canvas = ImageDraw.Draw(image)
    radius = height // 9
    canvas.circle((width * 0.7, height * 0.55), radius, fill=(255, 235, 180))
    generator = random.Random(7)  # noqa: S311 - the same hills every time
    for depth, color in enumerate([(70, 60, 110), (45, 45, 85), (20, 28, 48)]):
        ridge = height * (0.62 + 0.1 * depth)
        crest = [
            (width * step / 24, ridge + generator.uniform(-0.07, 0.07) * height)
            for step in range(25)
        ]
        corners = [(float(width), float(height)), (0.0, float(height))]
        canvas.polygon(crest + corners, fill=color)
    canvas.text(
        (width / 2, height * 0.9), CAPTION, "white", anchor="mm", font_size=max(8, height // 12)
    )
    # Blur slightly, so that it compresses like a photograph.
    return image.filter(ImageFilter.GaussianBlur(width / 1200))


def _build_exif(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[Base.Make], exif[Base.Model] = CAMERA
    exif[Base.Orientation] = orientation
    details = exif.get_ifd(IFD.Exif)
    details[Base.DateTimeOriginal] = TAKEN_AT
    details[Base.OffsetTimeOriginal] = OFFSET
    position = exif.get_ifd(IFD.GPSInfo)
    position[GPS.GPSLatitudeRef], position[GPS.GPSLatitude] = "N", LATITUDE
    position[GPS.GPSLongitudeRef], position[GPS.GPSLongitude] = "E", LONGITUDE
    position[GPS.GPSAltitude] = ALTITUDE
    return exif
