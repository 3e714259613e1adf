"""Label taxonomy: Rekognition-style names, ancestors, aliases and categories.

It is read from `taxonomy.txt`, which covers the classes of ImageNet and of COCO. The taxonomy
follows Rekognition's published conventions (`Car` below `Vehicle` below `Transportation`,
`Cell Phone` with the alias `Mobile Phone`) but is not a copy of its list.

https://www.image-net.org, https://cocodataset.org and
https://docs.aws.amazon.com/rekognition/latest/dg/labels.html
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from importlib.resources import files
from typing import NamedTuple

#: Number of ImageNet's classes.
IMAGENET_CLASSES = 1000

#: COCO's 80 classes in their order. The object detectors are trained on COCO.
COCO_NAMES = (
    "Person", "Bicycle", "Car", "Motorcycle", "Airplane", "Bus", "Train", "Truck", "Boat",
    "Traffic Light", "Fire Hydrant", "Stop Sign", "Parking Meter", "Bench", "Bird", "Cat", "Dog",
    "Horse", "Sheep", "Cow", "Elephant", "Bear", "Zebra", "Giraffe", "Backpack", "Umbrella",
    "Handbag", "Tie", "Suitcase", "Frisbee", "Skis", "Snowboard", "Ball", "Kite", "Baseball Bat",
    "Baseball Glove", "Skateboard", "Surfboard", "Tennis Racket", "Bottle", "Wine Glass", "Cup",
    "Fork", "Knife", "Spoon", "Bowl", "Banana", "Apple", "Sandwich", "Orange", "Broccoli",
    "Carrot", "Hot Dog", "Pizza", "Donut", "Cake", "Chair", "Couch", "Potted Plant", "Bed",
    "Dining Table", "Toilet", "TV", "Laptop", "Mouse", "Remote Control", "Keyboard", "Cell Phone",
    "Microwave", "Oven", "Toaster", "Sink", "Refrigerator", "Book", "Clock", "Vase", "Scissors",
    "Teddy Bear", "Hair Dryer", "Toothbrush",
)  # fmt: skip


class TaxonomyError(Exception):
    """A line of the taxonomy is invalid; the one-line message gives the reason."""


class LabelDefinition(NamedTuple):
    """A label; `parents` are its ancestors from the nearest up, `aliases` its synonyms.

    `threshold` is the lowest confidence, 0 to 100, at which tags report the label.
    """

    name: str
    category: str
    parents: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    threshold: float = 0.0


class Taxonomy:
    """The labels by name, and the labels that each class of ImageNet shows."""

    def __init__(
        self, labels: Mapping[str, LabelDefinition], classes: Mapping[int, str | None]
    ) -> None:
        self.labels = labels
        self._classes = classes

    @cached_property
    def classes_by_label(self) -> Mapping[str, tuple[int, ...]]:
        """The classes that show a label, or any label below it, by the name of the label."""
        found: dict[str, list[int]] = {}
        for number, name in sorted(self._classes.items()):
            if name is not None:
                for each in (name, *self.labels[name].parents):
                    found.setdefault(each, []).append(number)
        return {name: tuple(numbers) for name, numbers in found.items()}

    def find_label(self, number: int) -> LabelDefinition | None:
        """Return the most specific label that a class shows, if it shows one."""
        name = self._classes[number]
        return None if name is None else self.labels[name]


class _Line(NamedTuple):
    depth: int
    names: tuple[str, ...]
    classes: tuple[int, ...]
    threshold: float
    category: str | None


#: Name of a line whose classes belong to its parent.
NO_LABEL = "-"

_LINE = re.compile(
    r"(?P<indent> *)(?P<names>[^=~@#]+?)(?: =(?P<classes>[ \d]*?))?(?: ~(?P<threshold>\d+))?"
    r"(?: @(?P<category>.+))?"
)


def parse_taxonomy(lines: Iterable[str]) -> Taxonomy:
    """Return the taxonomy of an outline in the format of `taxonomy.txt`.

    Raises `TaxonomyError` if a line is invalid, if a name or class appears twice, or if a class is
    missing.
    """
    labels: dict[str, LabelDefinition] = {}
    classes: dict[int, str | None] = {}
    path: list[LabelDefinition] = []
    for line in _parse_lines(lines):
        if line.depth > len(path):
            raise TaxonomyError(f"{line.names[0]}: the line is too far to the right")
        del path[line.depth :]
        shown = path[-1].name if path else None
        if line.names[0] != NO_LABEL:
            definition = _define(line, path)
            if labels.setdefault(definition.name, definition) is not definition:
                raise TaxonomyError(f"{definition.name} appears twice")
            path.append(definition)
            shown = definition.name
        for number in line.classes:
            if number in classes or number >= IMAGENET_CLASSES:
                raise TaxonomyError(f"class {number} appears twice or does not exist")
            classes[number] = shown
    missing = set(range(IMAGENET_CLASSES)) - classes.keys()
    if missing:
        raise TaxonomyError(f"class {min(missing)} is missing")
    return Taxonomy(labels, classes)


def _parse_lines(lines: Iterable[str]) -> Iterator[_Line]:
    for line in lines:
        if not line.strip() or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line.rstrip())
        if match is None or len(match["indent"]) % 2:
            raise TaxonomyError(f"invalid line: {line.strip()}")
        yield _Line(
            depth=len(match["indent"]) // 2,
            names=tuple(match["names"].split(" / ")),
            classes=tuple(map(int, (match["classes"] or "").split())),
            threshold=float(match["threshold"] or 0),
            category=match["category"],
        )


def _define(line: _Line, path: list[LabelDefinition]) -> LabelDefinition:
    category = line.category or (path[-1].category if path else None)
    if category is None:
        raise TaxonomyError(f"{line.names[0]} has no category")
    parents = tuple(each.name for each in reversed(path))
    return LabelDefinition(line.names[0], category, parents, line.names[1:], line.threshold)


TAXONOMY = parse_taxonomy(
    files(__package__).joinpath("taxonomy.txt").read_text("utf-8").splitlines()
)

#: Indexed by COCO class number, from 0.
COCO_LABELS = tuple(TAXONOMY.labels[name] for name in COCO_NAMES)
