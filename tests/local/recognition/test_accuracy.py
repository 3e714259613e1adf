"""Precision and recall of the tags on photographs with known content.

docs/recognition.md states the figures.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from local.recognition.photographs import Photograph, find_photographs
from sightline_local.recognition.image_loading import load_image
from sightline_local.recognition.packaged_models import EFFICIENTNET_LITE2, ensure_converted
from sightline_local.recognition.tags import OnnxTagger, Tags

#: The label names of each photograph, with their confidences.
Results = list[tuple[Photograph, Mapping[str, float]]]

Vector = NDArray[np.float64]


@pytest.fixture(scope="module")
def tags(converted_models: Path) -> list[tuple[Photograph, Tags]]:
    file = ensure_converted(EFFICIENTNET_LITE2, converted_models)
    tagger = OnnxTagger(EFFICIENTNET_LITE2.name, lambda: file, threads=1)
    return [(each, tagger.tag(load_image(each.file.read_bytes()))) for each in find_photographs()]


@pytest.fixture(scope="module")
def results(tags: list[tuple[Photograph, Tags]]) -> Results:
    return [
        (photograph, {label.name: label.confidence for label in found.labels})
        for photograph, found in tags
    ]


@pytest.fixture(scope="module")
def vectors(tags: list[tuple[Photograph, Tags]]) -> Mapping[str, Vector]:
    """The vectors of length 1 by file name."""
    vectors = {
        photograph.file.name: np.frombuffer(found.vector or b"", np.int8).astype(float)
        for photograph, found in tags
    }
    return {name: vector / np.linalg.norm(vector) for name, vector in vectors.items()}


def measure(results: Results, min_confidence: float) -> tuple[float, float, list[str]]:
    """Return precision and recall, 0 to 1, and every wrong label.

    Precision is the share of the reported labels that are right. Recall is the share of the
    photographs with a subject for which the label of the subject is reported.
    """
    right = found = subjects = 0
    wrong = []
    for photograph, confidences in results:
        names = {name for name, each in confidences.items() if each >= min_confidence}
        right += len(names & photograph.right_labels)
        wrong += [f"{photograph.file.name}: {each}" for each in names - photograph.right_labels]
        subjects += photograph.subject is not None
        found += photograph.subject in names
    return right / (right + len(wrong)), found / subjects, wrong


@pytest.mark.parametrize(
    ("min_confidence", "min_precision", "min_recall"), [(55, 0.98, 0.4), (80, 1.0, 0.1)]
)
def test_labels_are_few_and_right(
    results: Results, min_confidence: float, min_precision: float, min_recall: float
) -> None:
    precision, recall, wrong = measure(results, min_confidence)
    print(f"precision {precision:.3f}, recall {recall:.3f} at {min_confidence}; wrong: {wrong}")
    assert precision >= min_precision, wrong
    assert recall >= min_recall


def test_images_that_look_alike_have_similar_vectors(vectors: Mapping[str, Vector]) -> None:
    """The two images of a stereo camera are the most similar ones."""
    left = vectors["motorcycle_left.png"]
    similarities = {name: float(left @ vector) for name, vector in vectors.items()}
    first, second, third = sorted(similarities, key=lambda name: -similarities[name])[:3]
    assert [first, second] == ["motorcycle_left.png", "motorcycle_right.png"]
    assert similarities[second] > similarities[third] + 0.2


def test_images_without_a_subject_have_no_label(results: Results) -> None:
    for photograph, confidences in results:
        if photograph.subject is None:
            assert max(confidences.values(), default=0) < 55, (photograph.file, confidences)
