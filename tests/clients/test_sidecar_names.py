"""The names that Google Takeout gives to the JSON files of images."""

import pytest

from sightline_cli.importing.sidecar_names import clip, find_original, find_sidecar

LONG = "holiday-in-the-mountains-with-everybody-2019-07"


@pytest.mark.parametrize(
    ("image", "sidecar"),
    [
        ("IMG_1.jpg", "IMG_1.jpg"),
        ("IMG_1.jpg", "IMG_1.jpg.supplemental-metadata"),
        ("IMG_1.jpg", "IMG_1.jpg.supplemental-meta"),
        ("IMG_1.jpg", "IMG_1.jpg.s"),
        ("IMG_1.jpg", "IMG_1.jpg."),
        ("IMG_1.jpg", "IMG_1"),
        # Counters move.
        ("IMG_1(1).jpg", "IMG_1.jpg(1)"),
        ("IMG_1(1).jpg", "IMG_1.jpg.supplemental-metadata(1)"),
        ("IMG_1(12).HEIC", "IMG_1.HEIC.supple(12)"),
        ("IMG_1(1).jpg", "IMG_1(1).jpg"),
        ("IMG_1(1).jpg", "IMG_1(1).jpg.supplemental-metadata"),
        # Shortened to 46 code units.
        ("a" * 41 + ".jpg", "a" * 41 + ".jpg"),
        ("a" * 42 + " 2.jpg", "a" * 42 + " 2.j"),
        ("b" * 46 + "m(494).jpg", "b" * 46 + "(494)"),
        ("c" * 40 + ".jpg", "c" * 40 + ".jpg.s"),
        ("d" * 30 + ".jpg", "d" * 30 + ".jpg.supplementa"),
        ("PXL_2.LONG_EXPOSURE.ORIGINAL.jpg", "PXL_2.LONG_EXPOSURE.ORIGINAL.jpg.suppleme"),
        ("🙂" * 24 + ".jpg", "🙂" * 23),
        # Other limits have been seen.
        (LONG + ".jpg", LONG + ".jpg.su"),
    ],
)
def test_an_image_has_the_sidecar_of_its_name(image: str, sidecar: str) -> None:
    assert find_sidecar(image, {"other.jpg": 0, sidecar: 1}) == 1


@pytest.mark.parametrize(
    ("image", "sidecar"),
    [
        ("IMG_1.jpg", "IMG_2.jpg"),
        ("IMG_1.jpg", "IMG_1.jpg(1)"),
        ("IMG_1(1).jpg", "IMG_1.jpg(2)"),
        ("IMG_1.jpg", "IMG_1.png.supplemental-metadata"),
        ("IMG_1.jpg", "IMG_1.jpg.supplemental-metadata(1)"),
        ("IMG_1.jpg", "IMG_10.jpg"),
        ("b" * 46 + "m(185).jpg", "b" * 46 + "(494)"),
    ],
)
def test_an_image_has_no_sidecar_of_another_name(image: str, sidecar: str) -> None:
    assert find_sidecar(image, {sidecar: 1}) is None


def test_counters_distinguish_images_of_the_same_name() -> None:
    sidecars = {
        "IMG.jpg.supplemental-metadata": 0,
        "IMG.jpg.supplemental-metadata(1)": 1,
        "IMG.jpg.supplemental-metadata(2)": 2,
    }
    names = ("IMG.jpg", "IMG(1).jpg", "IMG(2).jpg")
    assert [find_sidecar(name, sidecars) for name in names] == [0, 1, 2]


@pytest.mark.parametrize(
    ("image", "sidecar"),
    [
        ("IMG_1-edited.jpg", "IMG_1.jpg.supplemental-metadata"),
        ("IMG_1-edited(2).jpg", "IMG_1.jpg(2)"),
        ("IMG_1-bearbeitet.jpg", "IMG_1.jpg"),
        ("PXL.PORTRAIT-modifié.jpg", "PXL.PORTRAIT.jpg"),
        ("IMG_1-ha editado.jpg", "IMG_1.jpg"),
        ("IMG_1-編集済み.jpg", "IMG_1.jpg"),
        # Shortened, or of another language.
        ("IMG_1-ha edit.jpg", "IMG_1.jpg.su"),
        ("IMG_1-muokattu.jpg", "IMG_1.jpg"),
        # A copy that shares the sidecar of the first one.
        ("IMG_1(1).jpg", "IMG_1.jpg"),
    ],
)
def test_an_edited_image_has_the_sidecar_of_its_original(image: str, sidecar: str) -> None:
    assert find_sidecar(image, {sidecar: 1}) is None
    assert find_original(image, {sidecar: 1}) == 1


def test_an_unrelated_image_has_no_original() -> None:
    assert find_original("IMG_1-edited.jpg", {"IMG_2.jpg": 1}) is None
    assert find_original("-.jpg", {"IMG_2.jpg": 1}) is None


def test_names_are_clipped_between_characters() -> None:
    assert clip("a" * 50) == "a" * 46
    assert clip("a" + "🙂" * 30) == "a" + "🙂" * 22
