"""Photographs of installed packages and of the test image folder, and what they show."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

from sightline_local.recognition.taxonomy import TAXONOMY
from sightline_testing.sample_images import find_images


@dataclass(frozen=True, slots=True)
class Photograph:
    """A photograph with its `subject`, if the taxonomy has one, and the `other` things it shows."""

    file: Path
    subject: str | None
    other: Sequence[str] = ()

    @property
    def right_labels(self) -> set[str]:
        """Every label that is right: what the photograph shows, and the ancestors of that."""
        shown = (*self.other, self.subject) if self.subject else self.other
        return {name for each in shown for name in (each, *TAXONOMY.labels[each].parents)}


Contents = Mapping[str, tuple[str | None, *tuple[str, ...]]]

#: Subject and other content by file. The photographs without a subject show nothing that the
#: taxonomy has: textures, the sky and what a microscope or telescope sees.
SCIKIT_IMAGE: Contents = {
    "astronaut.png": ("Person", "Clothing", "Helmet", "Space Shuttle", "Flagpole"),
    "brick.png": ("Wall",),
    "camera.png": ("Camera", "Tripod", "Person", "Clothing", "Outdoors"),
    "cell.png": (None,),
    "chelsea.png": ("Cat", "Tabby"),
    "clock_motion.png": ("Clock", "Analog Clock"),
    "coffee.png": ("Coffee", "Espresso", "Coffee Cup", "Cup", "Cutlery", "Spoon"),
    "coins.png": (None,),
    "grass.png": (None, "Plant", "Nature"),
    "gravel.png": (None, "Nature"),
    "hubble_deep_field.jpg": (None, "Nature"),
    "ihc.png": (None,),
    "moon.png": (None, "Nature"),
    "motorcycle_left.png": ("Motorcycle", "Wheel"),
    "motorcycle_right.png": ("Motorcycle", "Wheel"),
    "retina.jpg": (None,),
    "rocket.jpg": ("Rocket", "Outdoors"),
}
SCIKIT_LEARN: Contents = {
    "china.jpg": ("Building", "Palace", "Outdoors"),
    "flower.jpg": ("Flower",),
}
TEST_IMAGES: Contents = {
    "bird_alpha.png": ("Bird",),
    "camera_nikon_e950.jpg": ("Cannon", "Wheel", "Building", "Outdoors"),
    "cmyk.jpg": ("Dog", "Person", "Park Bench", "Nature", "Plant"),
    "gps_coolpix_a.jpg": ("Building", "Nature", "Plant"),
    "gps_coolpix_b.jpg": ("Park Bench", "Nature", "Plant", "Monument"),
    "landscape_2725x2225.jpg": ("Saw", "Person"),
    "orientation_landscape_1.jpg": ("Nature", "Plant"),
    "phone_iphone_hdr.jpg": ("Flower",),
    "phone_jolla.jpg": ("Plant",),
}


def find_photographs() -> Iterator[Photograph]:
    """Yield the photographs of packages, and those of the test image folder if it exists."""
    yield from _find_in_package("scikit-image", "skimage/data", SCIKIT_IMAGE)
    yield from _find_in_package("scikit-learn", "sklearn/datasets/images", SCIKIT_LEARN)
    yield from _find_imagenet()
    for file in find_images("photos"):
        if file.name in TEST_IMAGES:
            subject, *other = TEST_IMAGES[file.name]
            yield Photograph(file, subject, other)


def _find_in_package(package: str, folder: str, contents: Contents) -> Iterator[Photograph]:
    for name, (subject, *other) in contents.items():
        file = Path(str(distribution(package).locate_file(f"{folder}/{name}")))
        yield Photograph(file, subject, other)


def _find_imagenet() -> Iterator[Photograph]:
    """Yield twenty photographs of ImageNet, whose names end with the number of the class."""
    folder = Path(str(distribution("foolbox").locate_file("foolbox/data")))
    for file in sorted(folder.glob("imagenet_*.jpg")):
        label = TAXONOMY.find_label(int(file.stem.rpartition("_")[2]))
        yield Photograph(file, label and label.name)
