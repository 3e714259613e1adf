"""Precision and recall of the tags on photographs with known content.

docs/recognition.md states the figures.
"""

from collections.abc import Mapping
from pathlib import Path

import pytest

from local.recognition.photographs import Photograph, find_photographs
from sightline_local.recognition.image_loading import load_image
from sightline_local.recognition.packaged_models import EFFICIENTNET_LITE2, ensure_converted
from sightline_local.recognition.tags import OnnxTagger

#: The label names of each photograph, with their confidences.
Results = list[tuple[Photograph, Mapping[str, float]]]


@pytest.fixture(scope="module")
def results(converted_models: Path) -> Results:
    file = ensure_converted(EFFICIENTNET_LITE2, converted_models)
    tagger = OnnxTagger(EFFICIENTNET_LITE2.name, lambda: file, threads=1)
    tagged: Results = []
    for photograph in find_photographs():
        tags = tagger.tag(load_image(photograph.file.read_bytes()))
        tagged.append((photograph, {label.name: label.confidence for label in tags.labels}))
    return tagged


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


def test_images_without_a_subject_have_no_label(results: Results) -> None:
    for photograph, confidences in results:
        if photograph.subject is None:
            assert max(confidences.values(), default=0) < 55, (photograph.file, confidences)
