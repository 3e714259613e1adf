"""The image, its parts and its derived status."""

import itertools

import pytest

from sightline.domain.failures import Failure
from sightline.domain.images import Details, Part
from sightline.domain.labels import ImageLabel
from sightline.domain.recognition import Recognition
from sightline.domain.states import State, Status, derive_status
from sightline_testing.builders import ETAG, make_image, make_recognition, with_recognition

FINAL = Failure(code="broken_image", message="broken")
TRANSIENT = Failure(code="retries_exhausted", message="again", final=False)


@pytest.mark.parametrize(
    ("recognition", "renditions", "status"),
    [
        ("pending", "pending", "awaiting_upload"),
        ("pending", "running", "processing"),
        ("pending", "succeeded", "processing"),
        ("pending", "failed", "processing"),
        ("running", "running", "processing"),
        ("running", "succeeded", "processing"),
        ("running", "failed", "processing"),
        ("succeeded", "succeeded", "ready"),
        ("succeeded", "failed", "failed"),
        ("failed", "failed", "failed"),
    ],
)
def test_status_is_derived_from_both_parts_symmetrically(
    recognition: str, renditions: str, status: str
) -> None:
    one, other = State(recognition), State(renditions)
    assert derive_status(one, other) is derive_status(other, one) is Status(status)


def test_every_pair_of_states_has_a_status() -> None:
    for pair in itertools.product(State, repeat=2):
        assert isinstance(derive_status(*pair), Status)


def test_a_new_image_awaits_its_upload() -> None:
    assert make_image().status is Status.AWAITING_UPLOAD


def test_every_change_of_a_part_increments_its_revision() -> None:
    part: Part[Recognition] = Part[Recognition]()
    steps = [
        part := part.begin(ETAG),
        part := part.fail(TRANSIENT),
        part := part.begin(ETAG),
        part := part.succeed(make_recognition("Dog")),
    ]
    assert [step.revision for step in steps] == [1, 2, 3, 4]
    assert [step.state.value for step in steps] == ["running", "failed", "running", "succeeded"]
    assert steps[-1].failure is None


@pytest.mark.parametrize(
    ("part", "settled"),
    [
        (Part[Recognition](), False),
        (Part[Recognition]().begin(ETAG), False),
        (Part[Recognition]().begin(ETAG).fail(FINAL), True),
        (Part[Recognition]().begin(ETAG).fail(TRANSIENT), False),
        (Part[Recognition]().begin(ETAG).succeed(make_recognition()), True),
        (Part[Recognition]().begin("other").succeed(make_recognition()), False),
    ],
)
def test_only_a_success_or_a_final_failure_is_settled(
    part: Part[Recognition], settled: bool
) -> None:
    assert part.is_settled(ETAG) is settled


def test_a_new_reprocess_request_is_not_settled() -> None:
    done: Part[Recognition] = Part[Recognition]().begin(ETAG).succeed(make_recognition())
    assert not done.is_settled(ETAG, "first")
    again = done.begin(ETAG, "first").succeed(make_recognition())
    assert again.is_settled(ETAG, "first")
    assert again.is_settled(ETAG)
    assert not again.is_settled(ETAG, "second")


def test_begin_keeps_the_result_only_for_the_same_bytes() -> None:
    image = with_recognition(make_image(), "Dog")
    assert image.recognition.begin(ETAG).result == image.recognition.result
    assert image.recognition.begin("other").result is None


def test_labels_are_those_of_the_recognition() -> None:
    assert make_image().labels == {}
    assert with_recognition(make_image(), "Dog", "Sea").labels == {
        "dog": ImageLabel("Dog", 91.25),
        "sea": ImageLabel("Sea", 91.25),
    }


def test_labels_include_added_ones_and_exclude_hidden_ones() -> None:
    """Names match in any case; an added label has full confidence."""
    details = Details(added=("SEA", "holiday"), hidden=("dog", "nothing"))
    image = with_recognition(make_image(details=details), "Dog", "Sea")
    assert image.labels == {"sea": ImageLabel("SEA", 100), "holiday": ImageLabel("holiday", 100)}
