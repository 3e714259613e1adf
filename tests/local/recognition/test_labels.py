from collections.abc import Iterable

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from local.recognition.drawn_images import encode, page, rectangle
from sightline_local.recognition.geometry import Box, Point
from sightline_local.recognition.image_loading import load_image
from sightline_local.recognition.image_properties import Measurements
from sightline_local.recognition.labels import (
    Instance,
    Label,
    computed_labels,
    content_labels,
    filter_labels,
    linear_confidence,
    merge_labels,
    object_labels,
)
from sightline_local.recognition.requests import GeneralLabelsSettings
from sightline_local.recognition.taxonomy import COCO_LABELS, TAXONOMY
from sightline_local.recognition.text import Line
from sightline_testing.sample_images import find_images

EVERYTHING = GeneralLabelsSettings()
BOX = Box(0.1, 0.2, 0.3, 0.4)


def compute(body: bytes, lines: Iterable[Line] = ()) -> dict[str, float]:
    """Return confidences by label name."""
    decoded = load_image(body)
    labels = computed_labels(decoded, Measurements(decoded), lines)
    return {label.name: label.confidence for label in labels}


def photograph(size: tuple[int, int] = (300, 200)) -> Image.Image:
    """Draw soft shapes of many colors with camera noise."""
    random = np.random.default_rng(5)
    coarse = Image.fromarray(random.integers(20, 236, (6, 8, 3)).astype(np.uint8))
    soft = np.asarray(coarse.resize(size, Image.Resampling.BICUBIC), dtype=int)
    return Image.fromarray((soft + random.integers(-5, 6, soft.shape)).clip(0, 255).astype("u1"))


def line(text: str, confidence: float) -> Line:
    return Line(text, confidence, (Point(0, 0), Point(1, 0), Point(1, 1), Point(0, 1)), ())


@pytest.mark.parametrize(
    ("value", "expected"), [(0, 0), (5, 25), (10, 50), (15, 75), (20, 100), (99, 100)]
)
def test_confidence_rises_linearly_past_the_threshold(value: float, expected: int) -> None:
    assert linear_confidence(value, threshold=10, certain=20) == expected
    assert linear_confidence(-value, threshold=-10, certain=-20) == expected


def test_a_photograph_has_format_and_color_labels_only() -> None:
    labels = compute(encode(photograph()))
    assert labels.keys() <= {"Landscape Orientation", "Grey", "Brown", "Green", "Cyan"}


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((400, 300), {"Landscape Orientation"}),
        ((300, 400), {"Portrait Orientation"}),
        ((300, 300), {"Square Format"}),
        ((900, 300), {"Landscape Orientation", "Panoramic"}),
    ],
)
def test_the_aspect_ratio_gives_the_format_label(size: tuple[int, int], expected: set[str]) -> None:
    formats = {"Landscape Orientation", "Portrait Orientation", "Square Format", "Panoramic"}
    assert compute(encode(photograph(size))).keys() & formats == expected


def test_dark_and_bright_images_are_labeled() -> None:
    dark = photograph().point(lambda value: value // 8)
    bright = photograph().point(lambda value: 230 + value // 12)
    assert compute(encode(dark))["Dark"] > 60
    assert compute(encode(bright))["Bright"] > 60
    assert not compute(encode(photograph())).keys() & {"Dark", "Bright"}


def test_a_grayscale_image_is_black_and_white() -> None:
    labels = compute(encode(photograph().convert("L")))
    assert labels["Black And White"] == 100
    assert labels["Monochrome"] == 100


def test_sepia_is_monochrome_and_not_black_and_white() -> None:
    gray = np.asarray(photograph().convert("L"), dtype=float)[..., None]
    sepia = Image.fromarray((gray * [1.0, 0.82, 0.6]).astype(np.uint8))
    labels = compute(encode(sepia))
    assert labels["Monochrome"] > 90
    assert "Black And White" not in labels


def test_one_colored_object_makes_a_color_image() -> None:
    image = photograph().convert("L").convert("RGB")
    image.paste("red", (10, 10, 60, 60))
    assert "Black And White" not in compute(encode(image))


def test_the_confidence_of_a_color_follows_its_share() -> None:
    image = rectangle((200, 100), (0, 0, 150, 100), "red", "blue")
    assert compute(encode(image))["Red"] == pytest.approx(100)
    assert compute(encode(image))["Blue"] == pytest.approx(50)


def test_a_blank_image_is_blank_and_not_graphics() -> None:
    labels = compute(encode(Image.new("RGB", (200, 200), "seagreen")))
    assert labels["Blank"] == 100
    assert "Graphics" not in labels


def test_a_drawing_is_graphics_and_a_photograph_is_not() -> None:
    image = Image.new("RGB", (400, 300), "ivory")
    draw = ImageDraw.Draw(image)
    for step in range(6):
        draw.ellipse((40 * step, 30, 40 * step + 70, 160), "orange", "black", 4)
    assert compute(encode(image))["Graphics"] > 80
    assert compute(encode(image, "JPEG", quality=90))["Graphics"] > 50
    assert "Graphics" not in compute(encode(photograph()))
    assert "Graphics" not in compute(encode(photograph().filter(ImageFilter.BLUR), "JPEG"))


def test_real_photographs_are_not_graphics() -> None:
    """The test is empty without the test image folder."""
    for file in [each for each in find_images("photos") if each.suffix == ".jpg"]:
        decoded = load_image(file.read_bytes()) if "tiny" not in file.name else None
        if decoded is not None:
            labels = computed_labels(decoded, Measurements(decoded), [])
            assert "Graphics" not in {label.name for label in labels}, file.name


def test_the_text_label_has_the_confidence_of_the_best_line() -> None:
    body = encode(photograph())
    assert compute(body, [line("EXIT", 91), line("Way out", 97)])["Text"] == 97
    assert "Text" not in compute(body, [line("|", 99), line("x", 99)])
    assert "Text" not in compute(body)


def test_no_label_has_a_confidence_below_50() -> None:
    for image in (photograph(), page("Hello"), Image.new("RGB", (100, 100))):
        assert all(confidence >= 50 for confidence in compute(encode(image)).values())


def test_an_object_adds_its_ancestors() -> None:
    """The example of the AWS documentation: Car, Vehicle, Transportation."""
    car = next(label for label in COCO_LABELS if label.name == "Car")
    labels = {label.name: label for label in object_labels([(car, Instance(BOX, 80))])}
    assert list(labels) == ["Car", "Vehicle", "Transportation"]
    assert labels["Car"].parents == ("Vehicle", "Transportation")
    assert labels["Vehicle"].parents == ("Transportation",)
    assert labels["Car"].aliases == ("Automobile",)
    assert labels["Car"].instances == (Instance(BOX, 80),)
    assert labels["Vehicle"].instances == ()
    assert {label.confidence for label in labels.values()} == {80}


def test_groups_of_labels_are_merged_by_name() -> None:
    boxed = Label("Dog", 70, ("Animals and Pets",), instances=(Instance(BOX, 70),))
    merged = merge_labels(
        [boxed, Label("Pet", 70, ())], [Label("Pet", 99, ()), Label("Dog", 90, (), ("Pet",))], []
    )
    assert merged == [
        Label("Dog", 90, (), ("Pet",), instances=(Instance(BOX, 70),)),
        Label("Pet", 99, ()),
    ]


def test_content_labels_leave_out_how_an_image_looks() -> None:
    for image in (photograph(), photograph().convert("L"), Image.new("RGB", (200, 200))):
        decoded = load_image(encode(image))
        labels = content_labels(decoded, Measurements(decoded), [line("EXIT", 91)])
        assert {label.name for label in labels} <= {"Text", "Blank", "Graphics"}
        assert labels[0].name == "Text"


def test_two_objects_of_one_class_are_one_label() -> None:
    car, bus = COCO_LABELS[2], COCO_LABELS[5]
    found = [(car, Instance(BOX, 60)), (bus, Instance(BOX, 70)), (car, Instance(BOX, 90))]
    labels = {label.name: label for label in object_labels(found)}
    assert [each.confidence for each in labels["Car"].instances] == [90, 60]
    assert labels["Car"].confidence == 90
    assert labels["Bus"].confidence == 70
    assert labels["Vehicle"].confidence == 90


def test_all_80_classes_have_distinct_names() -> None:
    assert len(COCO_LABELS) == 80
    assert len({label.name for label in COCO_LABELS}) == 80
    assert [COCO_LABELS[each].name for each in (0, 16, 39, 67, 79)] == [
        "Person",
        "Dog",
        "Bottle",
        "Cell Phone",
        "Toothbrush",
    ]
    for label in COCO_LABELS:
        assert label.name not in label.parents
        assert len(set(label.parents)) == len(label.parents)
        assert TAXONOMY.labels.keys() >= set(label.parents)


LABELS = [
    Label("Dog", 90, ("Animals and Pets",)),
    Label("Red", 70, ("Colors",)),
    Label("Text", 95, ("Documents",)),
    Label("Cat", 40, ("Animals and Pets",)),
]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, ["Text", "Dog", "Red", "Cat"]),
        ({"LabelInclusionFilters": ["Dog", "Cat"]}, ["Dog", "Cat"]),
        ({"LabelCategoryInclusionFilters": ["Animals and Pets"]}, ["Dog", "Cat"]),
        (
            {"LabelInclusionFilters": ["Red"], "LabelCategoryInclusionFilters": ["Documents"]},
            ["Text", "Red"],
        ),
        ({"LabelExclusionFilters": ["Dog"]}, ["Text", "Red", "Cat"]),
        ({"LabelCategoryExclusionFilters": ["Animals and Pets"]}, ["Text", "Red"]),
        ({"LabelInclusionFilters": ["Dog"], "LabelExclusionFilters": ["Dog"]}, []),
        ({"LabelInclusionFilters": ["dog"]}, []),
    ],
)
def test_labels_are_filtered_by_name_and_category(
    settings: dict[str, list[str]], expected: list[str]
) -> None:
    chosen = filter_labels(LABELS, 1000, 0, GeneralLabelsSettings.model_validate(settings))
    assert [label.name for label in chosen] == expected


@pytest.mark.parametrize(
    ("limit", "min_confidence", "expected"),
    [(1, 0, ["Text"]), (2, 80, ["Text", "Dog"]), (9, 90, ["Text", "Dog"]), (0, 0, [])],
)
def test_labels_are_limited_by_number_and_confidence(
    limit: int, min_confidence: float, expected: list[str]
) -> None:
    chosen = filter_labels(LABELS, limit, min_confidence, EVERYTHING)
    assert [label.name for label in chosen] == expected


def test_instances_below_the_minimum_confidence_are_dropped() -> None:
    label = Label("Dog", 90, (), instances=(Instance(BOX, 90), Instance(BOX, 30)))
    (chosen,) = filter_labels([label], 10, 50, EVERYTHING)
    assert chosen.instances == (Instance(BOX, 90),)
