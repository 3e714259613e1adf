"""Tags on known probabilities, and the response of an emulator that has them."""

import base64

import numpy as np
from PIL import Image
from types_boto3_rekognition import RekognitionClient

from local.recognition.drawn_images import encode, rectangle
from sightline_local.recognition.app import VECTOR_HEADER
from sightline_local.recognition.image_loading import load_image
from sightline_local.recognition.tags import (
    INPUT_SIDE,
    MIN_CONFIDENCE,
    VECTOR_SIZE,
    NullTagger,
    Tags,
    build_labels,
    prepare,
    quantize,
)

#: Numbers of classes of ImageNet.
BEAGLE, PUG, EGYPTIAN_CAT, HEN_OF_THE_WOODS, GORILLA = 162, 254, 285, 996, 366


def tag(**probabilities: float) -> dict[str, float]:
    """Return the confidence of each label for probabilities by name of the class."""
    values = np.zeros(1000, np.float32)
    for name, probability in probabilities.items():
        values[globals()[name]] = probability
    return {label.name: round(label.confidence, 3) for label in build_labels(values)}


def test_a_certain_animal_of_an_uncertain_breed_is_certain() -> None:
    labels = tag(BEAGLE=0.35, PUG=0.4, EGYPTIAN_CAT=0.2)
    assert labels == {"Dog": 75, "Pet": 95, "Mammal": 95, "Animal": 95}


def test_a_label_has_the_confidence_of_its_classes() -> None:
    labels = tag(EGYPTIAN_CAT=0.85, HEN_OF_THE_WOODS=0.1)
    assert labels == dict.fromkeys(("Egyptian Mau", "Cat", "Pet", "Mammal", "Animal"), 85)


def test_a_label_below_its_threshold_is_left_to_its_parents() -> None:
    assert tag(GORILLA=0.79).keys() == {"Ape", "Wildlife", "Mammal", "Animal"}
    assert "Gorilla" in tag(GORILLA=0.81)


def test_tags_below_the_minimum_confidence_are_dropped() -> None:
    assert tag(BEAGLE=MIN_CONFIDENCE / 100 - 0.01) == {}
    assert "Dog" in tag(BEAGLE=MIN_CONFIDENCE / 100 + 0.01)


def test_confidence_is_at_most_100() -> None:
    assert tag(BEAGLE=0.6, PUG=0.400001)["Dog"] == 100


def test_the_whole_image_is_stretched_to_the_input() -> None:
    tensor = prepare(load_image(encode(rectangle((400, 200), (200, 0, 400, 200), "red", "blue"))))
    assert tensor.shape == (1, 3, INPUT_SIDE, INPUT_SIDE)
    assert tensor.dtype == np.float32
    red, green, blue = tensor[0]
    np.testing.assert_allclose(red[:, :120], -127 / 128, atol=0.01)
    np.testing.assert_allclose(red[:, 140:], 1, atol=0.01)
    np.testing.assert_allclose(green, -127 / 128, atol=0.01)
    np.testing.assert_allclose(blue[:, :120], 1, atol=0.01)


def test_a_quantized_vector_keeps_its_direction() -> None:
    vector = np.random.default_rng(1).standard_normal(256).astype(np.float32) * 9
    stored = np.frombuffer(quantize(vector), np.int8).astype(float)
    assert np.abs(stored).max() == 127
    cosine = stored @ vector / np.linalg.norm(stored) / np.linalg.norm(vector)
    assert cosine > 0.999
    assert quantize(np.zeros(256, np.float32)) == bytes(256)


def test_without_a_model_there_are_no_tags() -> None:
    image = load_image(encode(Image.new("RGB", (100, 100))))
    assert NullTagger().tag(image) == Tags((), None)


def test_labels_with_tags_leave_out_colors_and_orientation(tagged: RekognitionClient) -> None:
    body = encode(rectangle((400, 300), (0, 0, 400, 300), "blue"))
    response = tagged.detect_labels(Image={"Bytes": body}, MinConfidence=50)
    assert response["LabelModelVersion"] == "sightline-local-1/efficientnet-lite2"
    assert [label["Name"] for label in response["Labels"]] == ["Blank"]
    vector = base64.b64decode(response["ResponseMetadata"]["HTTPHeaders"][VECTOR_HEADER])
    assert len(vector) == VECTOR_SIZE
    # Colors remain in the image properties.
    properties = tagged.detect_labels(Image={"Bytes": body}, Features=["IMAGE_PROPERTIES"])
    (color,) = properties["ImageProperties"]["DominantColors"]
    assert color["SimplifiedColor"] == "blue"
