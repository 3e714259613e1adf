from typing import Any

import numpy as np
import pytest
from PIL import Image

from local.recognition.drawn_images import encode, page, stored
from local.recognition.service_model import check_response
from sightline_local.recognition.geometry import Box, Point, box_polygon, is_inside
from sightline_local.recognition.image_loading import DecodedImage, load_image
from sightline_local.recognition.requests import DetectTextFilters
from sightline_local.recognition.text import (
    MAX_WORDS,
    QUICK_READ_SIDE,
    Line,
    RapidTextReader,
    Word,
    build_text_response,
    read_line,
)

SQUARE = np.array([[0, 0], [100, 0], [100, 20], [0, 20]])


def word(text: str, left: float, confidence: float = 99.0) -> Word:
    return Word(text, confidence, box_polygon(Box(left, 0.1, 0.1, 0.05)))


def line(*words: Word) -> Line:
    text = " ".join(each.text for each in words)
    box = Box(words[0].polygon[0].x, 0.1, 0.1 * len(words), 0.05)
    return Line(text, 97, box_polygon(box), words)


def detect(lines: list[Line], **filters: Any) -> list[dict[str, Any]]:
    response = build_text_response(lines, DetectTextFilters.model_validate(filters))
    check_response("DetectText", response)
    detections: list[dict[str, Any]] = response["TextDetections"]
    return detections


def texts(detections: list[dict[str, Any]]) -> list[str]:
    return [each["DetectedText"] for each in detections]


def test_text_is_read(reader: RapidTextReader) -> None:
    lines = reader.read(load_image(encode(page("Hello Sightline world", "ROOM 42 open 9-17"))))
    assert [line.text for line in lines] == ["Hello Sightline world", "ROOM 42 open 9-17"]
    assert [word.text for word in lines[0].words] == ["Hello", "Sightline", "world"]
    assert all(line.confidence > 90 for line in lines)


def test_boxes_surround_the_text(reader: RapidTextReader) -> None:
    """The first line starts at (60, 50) and is 60 pixels high, in an image of 900 by 400."""
    (line,) = reader.read(load_image(encode(page("Hello world"))))
    left_top, right_top, right_bottom, _ = line.polygon
    assert left_top.x * 900 == pytest.approx(60, abs=15)
    assert 40 < left_top.y * 400 < 75
    assert 95 < right_bottom.y * 400 < 125
    hello, world = line.words
    assert hello.polygon[1].x <= world.polygon[0].x
    assert world.polygon[1].x <= right_top.x + 0.01


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_boxes_are_relative_to_the_upright_image(reader: RapidTextReader, orientation: int) -> None:
    upright = page("Hello world")
    (expected,) = reader.read(load_image(encode(upright)))
    (found,) = reader.read(load_image(stored(upright, orientation)))
    assert found.text == expected.text
    np.testing.assert_allclose(np.array(found.polygon), np.array(expected.polygon), atol=0.02)


def test_a_small_image_is_enlarged_and_a_large_one_reduced(reader: RapidTextReader) -> None:
    small = page("Hello world").resize((225, 100), Image.Resampling.LANCZOS)
    large = page("Hello world", size=(900, 400)).resize((4500, 2000))
    for image in (small, large):
        (line,) = reader.read(load_image(encode(image)), QUICK_READ_SIDE)
        assert line.text == "Hello world"


def test_an_image_without_text_has_no_lines(reader: RapidTextReader) -> None:
    assert reader.read(DecodedImage(Image.new("RGB", (300, 200), "teal"), 300, 200)) == []


def test_words_are_located_by_their_characters() -> None:
    """This also covers non-ASCII lines, for which the engine returns no words."""
    boxes = [(c, 0.9, SQUARE * [0.1, 1] + [10 * i, 0]) for i, c in enumerate("fünfÄpfel")]
    line = read_line("fünf Äpfel", 0.95, SQUARE, boxes, (100, 100))
    assert [word.text for word in line.words] == ["fünf", "Äpfel"]
    assert line.words[1].polygon[0].x == pytest.approx(0.4)
    assert line.words[1].polygon[1].x == pytest.approx(0.9)
    assert line.words[0].confidence == pytest.approx(90)
    assert line.confidence == pytest.approx(95)


def test_words_without_characters_divide_the_line() -> None:
    line = read_line("ab cd", 0.8, SQUARE, [], (100, 100))
    assert [word.polygon[0].x for word in line.words] == pytest.approx([0.0, 0.6])
    assert [word.polygon[1].x for word in line.words] == pytest.approx([0.4, 1.0])
    assert line.words[0].confidence == pytest.approx(80)


def test_positions_and_confidence_are_clamped() -> None:
    line = read_line("ab", 1.2, SQUARE * 3 - 50, [], (100, 100))
    assert all(0 <= share <= 1 for dot in line.polygon for share in dot)
    assert line.confidence == 100


def test_lines_come_first_and_words_refer_to_their_line() -> None:
    detections = detect([line(word("one", 0), word("two", 0.2)), line(word("three", 0))])
    assert [(each["Id"], each["Type"], each.get("ParentId")) for each in detections] == [
        (0, "LINE", None),
        (1, "LINE", None),
        (2, "WORD", 0),
        (3, "WORD", 0),
        (4, "WORD", 1),
    ]
    assert texts(detections) == ["one two", "three", "one", "two", "three"]


def test_the_number_of_words_is_limited() -> None:
    detections = detect([line(word("a", 0), word("b", 0.2), word("c", 0.4)) for _ in range(50)])
    words = [each for each in detections if each["Type"] == "WORD"]
    lines = [each for each in detections if each["Type"] == "LINE"]
    assert len(words) == MAX_WORDS
    assert len(lines) == 34
    assert lines[-1]["DetectedText"] == "a"


def test_words_below_the_minimum_confidence_are_filtered() -> None:
    """The default of the filter is 80; without a filter every word is returned."""
    lines = [line(word("sure", 0, 90), word("maybe", 0.2, 70)), line(word("guess", 0, 60))]
    assert texts(detect(lines)) == ["sure maybe", "guess", "sure", "maybe", "guess"]
    assert texts(detect(lines, WordFilter={})) == ["sure", "sure"]
    assert texts(detect(lines, WordFilter={"MinConfidence": 65})) == ["sure maybe", "sure", "maybe"]


@pytest.mark.parametrize("wanted", [{"MinBoundingBoxHeight": 0.06}, {"MinBoundingBoxWidth": 0.11}])
def test_small_words_are_filtered(wanted: dict[str, float]) -> None:
    assert detect([line(word("small", 0))], WordFilter=wanted) == []
    lower = {name: value - 0.02 for name, value in wanted.items()}
    assert texts(detect([line(word("small", 0))], WordFilter=lower)) == ["small", "small"]


def test_words_outside_the_regions_of_interest_are_filtered() -> None:
    lines = [line(word("left", 0), word("right", 0.6))]
    right = {"BoundingBox": {"Left": 0.5, "Top": 0, "Width": 0.5, "Height": 0.5}}
    triangle = {"Polygon": [{"X": 0, "Y": 0}, {"X": 0.3, "Y": 0}, {"X": 0, "Y": 0.5}]}
    detections = detect(lines, RegionsOfInterest=[right])
    assert texts(detections) == ["right", "right"]
    assert detections[0]["Geometry"]["BoundingBox"]["Left"] == pytest.approx(0.6)
    assert texts(detect(lines, RegionsOfInterest=[triangle])) == ["left", "left"]
    assert len(detect(lines, RegionsOfInterest=[right, triangle])) == 3


def test_a_point_in_a_concave_polygon() -> None:
    dent = (Point(0, 0), Point(1, 0), Point(1, 1), Point(0.5, 0.2), Point(0, 1))
    assert is_inside(Point(0.1, 0.5), dent)
    assert not is_inside(Point(0.5, 0.5), dent)
    assert not is_inside(Point(1.5, 0.5), dent)
