"""Schema versions of items: how items of earlier versions are read, and written anew.

An item has its version in the attribute `v`; without it, the version is 1. A read applies all
upgrades from the version of the item on. The next write of an image stores them, and
`sightline-ops migrate` stores them everywhere. docs/deployments.md has the rule for new versions:
first a release that reads the new version, then one that writes it.
"""

from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

from sightline.adapters.dynamo.schema import PART_SUMMARIES, UPLOAD_SUMMARY
from sightline.domain.images import Image
from sightline.domain.labels import ImageLabel

#: An item as Python values.
Plain = dict[str, Any]

Upgrade = Callable[[Plain], Plain]

#: The attribute with the version of an item.
VERSION_ATTRIBUTE = "v"

ItemKind = Literal["image", "recognition", "response"]


def _rename_colors(recognition: Plain) -> Plain:
    """Rename the colors of image properties, which version 1 spells in British English."""
    properties = recognition.get("properties")
    if properties is None:
        return recognition
    renamed = {name.replace("colours", "colors"): value for name, value in properties.items()}
    return recognition | {"properties": renamed}


def _upgrade_image(item: Plain) -> Plain:
    recognition = item.get("recognition", {})
    if "result" not in recognition:
        return item
    result = _rename_colors(recognition["result"])
    return item | {"recognition": recognition | {"result": result}}


def _enter_timeline(item: Plain) -> Plain:
    """Version 4 adds the position in the timeline, the count of its month and other summaries.

    All of them are derived.
    """
    return item


def _upgrade_cached_recognition(item: Plain) -> Plain:
    return item | {"result": _rename_colors(item["result"])} if "result" in item else item


def _upgrade_stored_response(item: Plain) -> Plain:
    return item | {"response": item["answer"]} if "answer" in item else item


def _upgrade_words(item: Plain) -> Plain:
    """Return the row without the names of its words, whose entries version 2 did not count."""
    upgraded = {name: value for name, value in item.items() if name != "words"}
    return upgraded | {"earlier_words": item.get("words", set())}


#: The upgrades of each kind of item: the first leads from version 1 to 2, and so on. Released
#: entries never change, because items of these versions exist.
UPGRADES: Mapping[ItemKind, tuple[Upgrade, ...]] = {
    "image": (_upgrade_image, _upgrade_words, _enter_timeline),
    "recognition": (_upgrade_cached_recognition,),
    "response": (_upgrade_stored_response,),
}


def current_version(kind: ItemKind) -> int:
    """Return the version that this release writes."""
    return len(UPGRADES[kind]) + 1


def version_of(item: Plain) -> int:
    return int(item.get(VERSION_ATTRIBUTE, 1))


def upgrade(kind: ItemKind, item: Plain) -> Plain:
    """Return the item as the current version has it; an item of a later version as it is."""
    for each in UPGRADES[kind][version_of(item) - 1 :]:
        item = each(item)
    return item


class IndexedLabels(NamedTuple):
    """The labels that the row of an image is indexed by, in an earlier version and in this one."""

    earlier: dict[str, ImageLabel]
    current: dict[str, ImageLabel]

    @property
    def uncertain(self) -> set[str]:
        """The keys that only one of the versions has: entries for them may exist or not."""
        return self.earlier.keys() ^ self.current.keys()


def compare_indexed_labels(image: Image) -> IndexedLabels:
    """Return the labels by which version 1 indexed the image, and those of the current version.

    Version 1 folded labels by their case only, and indexed images before their upload.
    """
    hidden = set(map(str.casefold, image.details.hidden))
    detected = {label.name.casefold(): label for label in image.detected_labels}
    earlier = {key: label for key, label in detected.items() if key not in hidden}
    earlier |= {name.casefold(): ImageLabel(name, 100.0) for name in image.details.added}
    return IndexedLabels(earlier, image.indexed_labels)


def lacks_summary(item: Plain) -> bool:
    """Return whether the item of an image has no summaries as in this version."""
    return UPLOAD_SUMMARY not in item or any(name not in item for name in PART_SUMMARIES.values())
