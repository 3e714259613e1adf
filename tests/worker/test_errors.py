"""Rekognition's errors, one by one, from its own service model."""

from typing import Any

import botocore.session
import pytest
from botocore.exceptions import ClientError

from sightline_worker.errors import MEANINGS, REJECTIONS, Meaning, read_meaning, rejection

OPERATIONS = ("DetectLabels", "DetectText", "DetectFaces", "DetectModerationLabels")


def modelled() -> set[str]:
    model = botocore.session.get_session().get_service_model("rekognition")
    return {shape.name for name in OPERATIONS for shape in model.operation_model(name).error_shapes}


def error(code: str) -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": "no"}}
    return ClientError(response, "DetectLabels")


def test_every_error_of_the_model_has_a_meaning() -> None:
    assert MEANINGS.keys() == modelled()


def test_every_final_error_is_told_to_the_owner() -> None:
    final = {code for code, meaning in MEANINGS.items() if meaning is Meaning.FINAL}
    assert REJECTIONS.keys() == final
    assert rejection(error("ImageTooLargeException")).failure.code == "image_too_large"


@pytest.mark.parametrize("code", ["SomethingNew", "503", ""])
def test_an_error_that_is_not_known_may_pass(code: str) -> None:
    assert read_meaning(error(code)) is Meaning.PASSING
