import base64
from typing import Any

import pytest

from sightline_local.recognition.errors import ImageTooLarge, InvalidParameter
from sightline_local.recognition.requests import (
    MAX_INLINE_BYTES,
    DetectFacesRequest,
    DetectLabelsRequest,
    DetectModerationLabelsRequest,
    DetectTextRequest,
    Request,
    parse_request,
)

S3_IMAGE = {"S3Object": {"Bucket": "images", "Name": "a/b c.jpg"}}


def labels(**members: Any) -> Any:
    return parse_request(DetectLabelsRequest, {"Image": S3_IMAGE, **members})


def test_defaults_match_the_documentation() -> None:
    request = labels()
    assert (request.MaxLabels, request.MinConfidence) == (1000, 55)
    assert request.Settings.ImageProperties.MaxDominantColors == 10
    assert request.includes("GENERAL_LABELS")
    assert not request.includes("IMAGE_PROPERTIES")


def test_image_properties_alone_exclude_labels() -> None:
    request = labels(Features=["IMAGE_PROPERTIES"])
    assert request.includes("IMAGE_PROPERTIES")
    assert not request.includes("GENERAL_LABELS")


def test_null_and_unknown_members_are_ignored() -> None:
    request = labels(MinConfidence=None, Settings={"GeneralLabels": None}, Surprise=[1])
    assert request == labels()


@pytest.mark.parametrize(
    "image",
    [
        {},
        {"Bytes": "AAAA", **S3_IMAGE},
        {"Bytes": ""},
        {"Bytes": "not base64!"},
        {"Bytes": 7},
        {"S3Object": {"Bucket": "images"}},
        {"S3Object": {"Bucket": "pi", "Name": "x"}},
        {"S3Object": {"Bucket": "../../etc", "Name": "x"}},
        {"S3Object": {"Bucket": "images", "Name": ""}},
        {"S3Object": {"Bucket": "images", "Name": "x" * 1025}},
        {"S3Object": {"Bucket": "images", "Name": "x", "Version": ""}},
        "x",
        None,
    ],
)
@pytest.mark.parametrize(
    "kind",
    [DetectLabelsRequest, DetectTextRequest, DetectFacesRequest, DetectModerationLabelsRequest],
)
def test_an_invalid_image_source_is_rejected(kind: type[Request], image: Any) -> None:
    with pytest.raises(InvalidParameter, match="Request has invalid parameters"):
        parse_request(kind, {"Image": image})


@pytest.mark.parametrize(
    "members",
    [
        {"MaxLabels": -1},
        {"MaxLabels": "many"},
        {"MinConfidence": 100.1},
        {"MinConfidence": -1},
        {"Features": ["EVERYTHING"]},
        {"Features": ["GENERAL_LABELS"] * 3},
        {"Settings": {"ImageProperties": {"MaxDominantColors": 21}}},
        {"Settings": {"GeneralLabels": {"LabelInclusionFilters": ["x"] * 101}}},
        {"Settings": {"GeneralLabels": {"LabelInclusionFilters": ["x" * 51]}}},
        {"Settings": {"GeneralLabels": {"LabelInclusionFilters": ["<b>"]}}},
    ],
)
def test_label_parameters_outside_the_limits_are_rejected(members: Any) -> None:
    with pytest.raises(InvalidParameter):
        labels(**members)


@pytest.mark.parametrize(
    "filters",
    [
        {"WordFilter": {"MinConfidence": 101}},
        {"WordFilter": {"MinBoundingBoxWidth": 1.5}},
        {"RegionsOfInterest": [{}]},
        {"RegionsOfInterest": [{"BoundingBox": {}, "Polygon": [{"X": 0, "Y": 0}] * 3}]},
        {"RegionsOfInterest": [{"Polygon": [{"X": 0, "Y": 0}] * 2}]},
        {"RegionsOfInterest": [{"BoundingBox": {}}] * 11},
    ],
)
def test_text_filters_outside_the_limits_are_rejected(filters: Any) -> None:
    with pytest.raises(InvalidParameter):
        parse_request(DetectTextRequest, {"Image": S3_IMAGE, "Filters": filters})


def test_an_unknown_face_attribute_is_rejected() -> None:
    with pytest.raises(InvalidParameter):
        parse_request(DetectFacesRequest, {"Image": S3_IMAGE, "Attributes": ["THOUGHTS"]})


def test_the_size_of_an_inline_image_is_limited() -> None:
    def send(size: int) -> Any:
        content = base64.b64encode(bytes(size)).decode()
        return parse_request(DetectLabelsRequest, {"Image": {"Bytes": content}})

    assert len(send(MAX_INLINE_BYTES).Image.Bytes) == MAX_INLINE_BYTES
    with pytest.raises(ImageTooLarge):
        send(MAX_INLINE_BYTES + 1)
