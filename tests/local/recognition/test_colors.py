import numpy as np
import pytest
from PIL import ImageColor

from sightline_local.recognition.colors import (
    COLOR_SAMPLE_SIZE,
    SIMPLIFIED_COLORS,
    css_name,
    dominant_colors,
    lab_palette,
    palette_numbers,
    simplified_name,
    to_lab,
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("black", "black"), ("white", "white"), ("gray", "grey"), ("silver", "grey"),
        ("red", "red"), ("crimson", "red"), ("darkorange", "orange"), ("gold", "yellow"),
        ("yellow", "yellow"), ("olive", "green"), ("lime", "green"), ("forestgreen", "green"),
        ("teal", "cyan"), ("cyan", "cyan"), ("navy", "blue"), ("royalblue", "blue"),
        ("indigo", "purple"), ("purple", "pink"), ("hotpink", "pink"), ("saddlebrown", "brown"),
        ("tan", "brown"), ("lightsalmon", "orange"), ("mistyrose", "white"), ("lightpink", "pink"),
    ],
)  # fmt: skip
def test_colors_have_simplified_names(name: str, expected: str) -> None:
    assert simplified_name(*ImageColor.getrgb(name)[:3]) == expected


def test_every_color_has_one_of_the_simplified_names() -> None:
    steps = range(0, 256, 15)
    names = {
        simplified_name(red, green, blue) for red in steps for green in steps for blue in steps
    }
    assert names == set(SIMPLIFIED_COLORS)


@pytest.mark.parametrize("name", ["tomato", "navy", "khaki", "black", "white"])
def test_css_colors_have_their_own_names(name: str) -> None:
    assert css_name(*ImageColor.getrgb(name)[:3]) == name


def test_lab_matches_the_reference_values() -> None:
    """White, black and the red of sRGB, for a D65 white point."""
    lab = to_lab(np.array([[255, 255, 255], [0, 0, 0], [255, 0, 0]], dtype=np.uint8))
    expected = np.array([[100, 0, 0], [0, 0, 0], [53.24, 80.09, 67.20]])
    assert np.abs(lab - expected).max() < 0.05


def test_shares_match_the_pixels() -> None:
    pixels = np.array([[255, 0, 0]] * 60 + [[0, 0, 255]] * 30 + [[0, 0, 0]] * 10, dtype=np.uint8)
    colors = dominant_colors(pixels)
    assert [(color.simplified, round(color.share, 6)) for color in colors] == [
        ("red", 0.6),
        ("blue", 0.3),
        ("black", 0.1),
    ]


def test_shades_of_one_color_are_merged() -> None:
    random = np.random.default_rng(1)
    pixels = (np.array([40, 120, 60]) + random.integers(-6, 7, (5000, 1))).astype(np.uint8)
    (color,) = dominant_colors(pixels)
    assert abs(color.green - 120) <= 2
    assert color.share == pytest.approx(1)


def test_the_shares_of_noise_add_up_to_one() -> None:
    """Beyond the maximum number of colors, each pixel counts for the nearest."""
    random = np.random.default_rng(2)
    pixels = random.integers(0, 256, (20_000, 3)).astype(np.uint8)
    colors = dominant_colors(pixels)
    assert sum(color.share for color in colors) == pytest.approx(1)
    assert [color.share for color in colors] == sorted((c.share for c in colors), reverse=True)


def test_no_pixels_have_no_colors() -> None:
    assert dominant_colors(np.zeros((0, 3), dtype=np.uint8)) == []


def test_the_palette_is_close_to_every_color() -> None:
    rgb = np.random.default_rng(2).integers(64, 256, (50, 50, 3)).astype(np.uint8)
    replaced = lab_palette()[palette_numbers(rgb)]
    assert np.linalg.norm(replaced - to_lab(rgb), axis=-1).max() < 6


def test_a_sample_of_many_pixels_has_their_colors() -> None:
    pixels = np.zeros((4 * COLOR_SAMPLE_SIZE, 3), dtype=np.uint8)
    pixels[:COLOR_SAMPLE_SIZE] = 255
    shares = {color.simplified: color.share for color in dominant_colors(pixels)}
    assert shares == {"black": pytest.approx(0.75), "white": pytest.approx(0.25)}
