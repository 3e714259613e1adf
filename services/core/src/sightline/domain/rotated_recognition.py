"""Recognition results in the frame of rotated renditions.

Recognition reads the original, which the owner's rotation does not change, so its boxes and points
refer to the image as the file orients it.
"""

from sightline.domain.recognition import BoundingBox, DetectedLabel, PolygonPoint, Recognition
from sightline.domain.rotation import Rotation, rotate_point


def rotate_recognition(recognition: Recognition, rotation: Rotation) -> Recognition:
    """Return the result with every box and point in the frame of the rotated image."""
    if rotation == 0:
        return recognition
    labels, text, faces = recognition.labels, recognition.text, recognition.faces
    update = {
        "labels": labels and tuple(_rotate_instances(label, rotation) for label in labels),
        "text": text
        and tuple(
            line.model_copy(
                update={
                    "box": rotate_box(line.box, rotation),
                    "polygon": tuple(_rotate_corner(each, rotation) for each in line.polygon),
                }
            )
            for line in text
        ),
        "faces": faces
        and tuple(
            face.model_copy(update={"box": rotate_box(face.box, rotation)}) for face in faces
        ),
    }
    return recognition.model_copy(update=update)


def rotate_box(box: BoundingBox, rotation: Rotation) -> BoundingBox:
    """Return the box around the same pixels of the rotated image."""
    one = rotate_point(box.left, box.top, rotation)
    other = rotate_point(box.left + box.width, box.top + box.height, rotation)
    is_swapped = rotation in {90, 270}
    return BoundingBox(
        left=min(one[0], other[0]),
        top=min(one[1], other[1]),
        width=box.height if is_swapped else box.width,
        height=box.width if is_swapped else box.height,
    )


def _rotate_instances(label: DetectedLabel, rotation: Rotation) -> DetectedLabel:
    instances = tuple(
        each.model_copy(update={"box": rotate_box(each.box, rotation)}) for each in label.instances
    )
    return label.model_copy(update={"instances": instances})


def _rotate_corner(corner: PolygonPoint, rotation: Rotation) -> PolygonPoint:
    x, y = rotate_point(corner.x, corner.y, rotation)
    return PolygonPoint(x=x, y=y)
