import io
from importlib.metadata import distribution
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from local.recognition.drawn_images import encode, page, stored
from local.recognition.service_model import check_response
from sightline_local.recognition.geometry import Box, Point, box_polygon, is_inside
from sightline_local.recognition.image_loading import DecodedImage, load_image
from sightline_local.recognition.requests import DetectTextFilters
from sightline_local.recognition.text import (
    LARGEST_LINES,
    MAX_WORDS,
    Line,
    RapidTextReader,
    Word,
    build_text_response,
    describe_line,
)
from sightline_local.recognition.text_detection import (
    SURROUNDINGS,
    TextFinder,
    Window,
    find_windows,
    merge_windows,
)
from sightline_local.recognition.text_recognition import LineRecognizer, ReadLine, cut_line

QUAD = np.array([[0, 0], [100, 0], [100, 20], [0, 20]], dtype=np.float32)


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
        (line,) = reader.read(load_image(encode(image)))
        assert line.text == "Hello world"


def test_an_image_without_text_has_no_lines(reader: RapidTextReader) -> None:
    assert reader.read(DecodedImage(Image.new("RGB", (300, 200), "teal"), 300, 200)) == []


def test_small_print_far_from_the_large_is_read(reader: RapidTextReader) -> None:
    """Letters 14 pixels high in an image of 2000 are 4 pixels high where the image is scanned."""
    image = page("Hello", size=(2000, 1500))
    ImageDraw.Draw(image).text((1400, 1300), "harbor window garden", "black", font_size=18)
    assert [line.text for line in reader.read(load_image(encode(image)))] == [
        "Hello",
        "harbor window garden",
    ]


def test_only_the_surroundings_of_small_print_are_scanned_closely() -> None:
    scores = np.zeros((480, 640), dtype=np.float32)
    scores[100:104, 200:300] = 0.9  # small print
    scores[110:113, 240:260] = 0.3  # too faint for a line, but a trace
    scores[300:340, 100:400] = 0.9  # large print
    large = np.array([[[100, 300], [400, 300], [400, 340], [100, 340]]], dtype=np.float32)
    margin = round(SURROUNDINGS * 640)
    expected = Window(200 - margin, 100 - margin, 300 + margin, 113 + margin)
    assert find_windows(scores, large) == [expected]
    assert find_windows(np.zeros_like(scores), large[:0]) == []


def test_overlapping_windows_are_merged() -> None:
    """The third window connects the first two; the last touches none."""
    windows = [
        Window(0, 0, 10, 10), Window(20, 0, 30, 10), Window(5, 5, 25, 15), Window(30, 0, 40, 10)
    ]  # fmt: skip
    assert sorted(merge_windows(windows)) == [Window(0, 0, 30, 15), Window(30, 0, 40, 10)]


def test_upside_down_text_is_read(reader: RapidTextReader) -> None:
    upright = page("Hello Sightline world")
    (line,) = reader.read(load_image(encode(upright.transpose(Image.Transpose.ROTATE_180))))
    assert line.text == "Hello Sightline world"
    start, end = line.polygon[:2]
    assert start.x > end.x


def test_text_written_upwards_is_read(reader: RapidTextReader) -> None:
    sideways = page("Hello Sightline world").transpose(Image.Transpose.ROTATE_90)
    (line,) = reader.read(load_image(encode(sideways)))
    assert line.text == "Hello Sightline world"
    start, end = line.polygon[:2]
    assert start.y > end.y


def test_the_largest_lines_suffice_for_a_label(reader: RapidTextReader) -> None:
    """Once all lines are read, all of them are returned."""
    lines = [f"line number {number}" for number in range(LARGEST_LINES + 2)]
    image = load_image(encode(page(*lines, size=(900, 150 + 100 * len(lines)))))
    assert len(reader.read_largest(image)) == LARGEST_LINES
    assert [line.text for line in reader.read(image)] == lines
    assert len(reader.read_largest(image)) == len(lines)


def test_lines_are_located_once_per_image(
    reader: RapidTextReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = load_image(encode(page("Hello world")))
    found = reader.read(image)
    monkeypatch.setattr(TextFinder, "find", lambda *_: pytest.fail("located again"))
    monkeypatch.setattr(LineRecognizer, "recognize", lambda *_: pytest.fail("read again"))
    assert reader.read(image) == found
    assert reader.read_largest(image) == found


def test_words_are_located_by_their_characters() -> None:
    centers = tuple((number + 0.5) / 10 for number in range(10))
    scores = (0.9,) * 4 + (1.0,) + (0.8,) * 5
    line = describe_line(ReadLine("fünf Äpfel", QUAD, scores, centers), (100, 100))
    assert line is not None
    assert [word.text for word in line.words] == ["fünf", "Äpfel"]
    assert [word.polygon[0].x for word in line.words] == pytest.approx([0.0, 0.5])
    assert [word.polygon[1].x for word in line.words] == pytest.approx([0.4, 1.0])
    assert [word.confidence for word in line.words] == pytest.approx([90, 80])
    assert line.confidence == pytest.approx(86)


def test_texture_and_blanks_are_no_lines() -> None:
    assert describe_line(ReadLine("ab", QUAD, (0.4, 0.5), (0.2, 0.7)), (100, 100)) is None
    assert describe_line(ReadLine(" ", QUAD, (0.9,), (0.5,)), (100, 100)) is None
    assert describe_line(ReadLine("", QUAD, (), ()), (100, 100)) is None
    assert describe_line(ReadLine("★", QUAD, (0.99,), (0.5,)), (100, 100)) is None


@pytest.mark.parametrize(
    ("text", "score", "is_line"),
    [("do", 0.85, False), ("24", 0.95, True), ("left", 0.6, True), ("a b.c", 0.85, False)],
)
def test_short_lines_need_a_higher_score(text: str, score: float, is_line: bool) -> None:
    scores, centers = (score,) * len(text), (0.5,) * len(text)
    line = describe_line(ReadLine(text, QUAD, scores, centers), (100, 100))
    assert (line is not None) == is_line


def test_no_text_is_read_in_fur() -> None:
    """In this copy of the photograph, a part of the fur is read as "do"."""
    photograph = distribution("scikit-image").locate_file("skimage/data/chelsea.png")
    file = io.BytesIO()
    with Image.open(str(photograph)) as image:
        image.convert("RGB").save(file, "JPEG", quality=92)
    assert RapidTextReader(threads=1, batch=1).read(load_image(file.getvalue())) == []


def test_positions_and_confidence_are_clamped() -> None:
    line = describe_line(ReadLine("ab", QUAD * 3 - 50, (1.2, 1.2), (0.2, 0.7)), (100, 100))
    assert line is not None
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


@pytest.mark.parametrize("corner", [(0, 0), (37, 21)])
def test_a_line_is_cut_from_its_surroundings(corner: tuple[int, int]) -> None:
    """The cut is the same as in an image of the line alone, also at the edge of the image."""
    values = np.random.default_rng(5).integers(0, 256, (40, 120, 3)).astype(np.uint8)
    left, top = corner
    image = Image.new("RGB", (left + 200, top + 90))
    image.paste(Image.fromarray(values), corner)
    quad = np.array([[0, 0], [120, 0], [120, 40], [0, 40]], dtype=np.float32) + corner
    crop, found = cut_line(image, quad.astype(np.float32))
    assert np.array_equal(crop, values[:, :, ::-1])
    assert np.array_equal(found, quad)
