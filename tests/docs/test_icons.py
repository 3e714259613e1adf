"""The icons of the web application are those that the script draws."""

import pytest
from draw_icons import FOLDER, ICONS, Icon, draw_icon
from PIL import Image, ImageChops, ImageStat

#: Mean difference of the pixels, of 255. Versions of Pillow smooth edges differently.
MAX_DIFFERENCE = 1.0


@pytest.mark.parametrize("icon", ICONS, ids=lambda icon: icon.name)
def test_the_committed_icon_is_the_drawn_one(icon: Icon) -> None:
    with Image.open(FOLDER / f"{icon.name}.png") as committed:
        difference = ImageChops.difference(committed.convert("RGBA"), draw_icon(icon))
    assert max(ImageStat.Stat(difference).mean) < MAX_DIFFERENCE


def test_no_other_icons_are_committed() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == {icon.name for icon in ICONS}


def test_a_maskable_icon_fills_its_square_and_has_its_drawing_in_the_center() -> None:
    icon = draw_icon(next(icon for icon in ICONS if icon.name.startswith("maskable")))
    assert icon.getchannel("A").getextrema() == (255, 255)
    left, top, right, bottom = icon.getchannel("R").point(lambda red: red > 200).getbbox()  # type: ignore[misc]
    radius = 0.4 * icon.width
    center = icon.width / 2
    assert max(center - left, right - center, center - top, bottom - center) < radius
