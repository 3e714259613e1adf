"""The handling of every error in Rekognition's service model."""

from typing import Any

import botocore.session
import pytest
from botocore.exceptions import ClientError

from sightline_worker.errors import (
    ERROR_ACTIONS,
    REJECTIONS,
    ErrorAction,
    build_rejection,
    choose_action,
)

OPERATIONS = ("DetectLabels", "DetectText", "DetectFaces", "DetectModerationLabels")


def modeled_errors() -> set[str]:
    """Return the codes of all errors that the service model lists for the operations."""
    model = botocore.session.get_session().get_service_model("rekognition")
    return {shape.name for name in OPERATIONS for shape in model.operation_model(name).error_shapes}


def client_error(code: str) -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": "no"}}
    return ClientError(response, "DetectLabels")


def test_every_error_of_the_service_model_has_an_action() -> None:
    assert ERROR_ACTIONS.keys() == modeled_errors()


def test_every_rejecting_error_has_a_failure_code_and_message() -> None:
    rejecting = {code for code, action in ERROR_ACTIONS.items() if action is ErrorAction.REJECT}
    assert REJECTIONS.keys() == rejecting
    rejection = build_rejection(client_error("ImageTooLargeException"))
    assert rejection.failure.code == "image_too_large"


@pytest.mark.parametrize("code", ["SomethingNew", "503", ""])
def test_an_unknown_error_is_redelivered(code: str) -> None:
    assert choose_action(client_error(code)) is ErrorAction.REDELIVER
