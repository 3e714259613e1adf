"""An owner's changes to the labels of an image."""

from collections.abc import Collection

from sightline_client.generated.models import ImageView


def change_labels(
    image: ImageView, add: Collection[str], remove: Collection[str]
) -> tuple[list[str], list[str]]:
    """Return the `labels_added` and `labels_hidden` that add and remove labels of an image.

    Names are compared without case. A detected label is removed by hiding it, and added again by
    no longer hiding it.
    """
    added = {name.casefold(): name for name in image.labels_added}
    hidden = {name.casefold(): name for name in image.labels_hidden}
    detected = {each.name.casefold(): each.name for each in image.recognition.labels or []}
    for name in remove:
        key = name.casefold()
        added.pop(key, None)
        if key in detected:
            hidden[key] = detected[key]
    for name in add:
        key = name.casefold()
        hidden.pop(key, None)
        if key not in detected:
            added.setdefault(key, name)
    return list(added.values()), list(hidden.values())
