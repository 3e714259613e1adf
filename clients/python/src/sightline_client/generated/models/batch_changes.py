from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast

if TYPE_CHECKING:
    from ..models.position_override import PositionOverride


T = TypeVar("T", bound="BatchChanges")


@_attrs_define
class BatchChanges:
    """The fields to change of each image, at least one. A field that is left out stays.

    Null removes a text or a correction.

        Attributes:
            title (None | str | Unset):
            description (None | str | Unset):
            favorite (bool | None | Unset): Null keeps it.
            archived (bool | None | Unset): Whether to leave the image out of the timeline, its counts and the list of
                images. Searches, albums and shares keep it. Null keeps it.
            rating (int | None | Unset): 1 to 5 stars; 0 removes the rating. Null keeps it.
            taken_at_override (None | str | Unset): The time of capture on a clock at the place, with its offset from UTC if
                it is known. Null restores the time of the file.
            position_override (None | PositionOverride | Unset): The position, or null coordinates for none. Null restores
                the position of the file.
            rotation (int | None | Unset): Degrees clockwise (0, 90, 180 or 270), in addition to the orientation of the
                file, which null restores. The renditions are created again.
            add_labels (list[str] | None | Unset): Labels to add to those of each image, or no longer to hide.
            remove_labels (list[str] | None | Unset): The owner's own labels to remove, and detected labels to hide. They
                are removed before others are added.
            taken_at_shift (None | str | Unset): Moves the time of capture of each image, from the one that it has.
            rotate_by (int | None | Unset): Degrees clockwise (90, 180 or 270) from the rotation of each image.
    """

    title: None | str | Unset = UNSET
    description: None | str | Unset = UNSET
    favorite: bool | None | Unset = UNSET
    archived: bool | None | Unset = UNSET
    rating: int | None | Unset = UNSET
    taken_at_override: None | str | Unset = UNSET
    position_override: None | PositionOverride | Unset = UNSET
    rotation: int | None | Unset = UNSET
    add_labels: list[str] | None | Unset = UNSET
    remove_labels: list[str] | None | Unset = UNSET
    taken_at_shift: None | str | Unset = UNSET
    rotate_by: int | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.position_override import PositionOverride  # noqa: PLC0415

        title: None | str | Unset
        if isinstance(self.title, Unset):
            title = UNSET
        else:
            title = self.title

        description: None | str | Unset
        if isinstance(self.description, Unset):
            description = UNSET
        else:
            description = self.description

        favorite: bool | None | Unset
        if isinstance(self.favorite, Unset):
            favorite = UNSET
        else:
            favorite = self.favorite

        archived: bool | None | Unset
        if isinstance(self.archived, Unset):
            archived = UNSET
        else:
            archived = self.archived

        rating: int | None | Unset
        if isinstance(self.rating, Unset):
            rating = UNSET
        else:
            rating = self.rating

        taken_at_override: None | str | Unset
        if isinstance(self.taken_at_override, Unset):
            taken_at_override = UNSET
        else:
            taken_at_override = self.taken_at_override

        position_override: dict[str, Any] | None | Unset
        if isinstance(self.position_override, Unset):
            position_override = UNSET
        elif isinstance(self.position_override, PositionOverride):
            position_override = self.position_override.to_dict()
        else:
            position_override = self.position_override

        rotation: int | None | Unset
        if isinstance(self.rotation, Unset):
            rotation = UNSET
        else:
            rotation = self.rotation

        add_labels: list[str] | None | Unset
        if isinstance(self.add_labels, Unset):
            add_labels = UNSET
        elif isinstance(self.add_labels, list):
            add_labels = self.add_labels

        else:
            add_labels = self.add_labels

        remove_labels: list[str] | None | Unset
        if isinstance(self.remove_labels, Unset):
            remove_labels = UNSET
        elif isinstance(self.remove_labels, list):
            remove_labels = self.remove_labels

        else:
            remove_labels = self.remove_labels

        taken_at_shift: None | str | Unset
        if isinstance(self.taken_at_shift, Unset):
            taken_at_shift = UNSET
        else:
            taken_at_shift = self.taken_at_shift

        rotate_by: int | None | Unset
        if isinstance(self.rotate_by, Unset):
            rotate_by = UNSET
        else:
            rotate_by = self.rotate_by

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if title is not UNSET:
            field_dict["title"] = title
        if description is not UNSET:
            field_dict["description"] = description
        if favorite is not UNSET:
            field_dict["favorite"] = favorite
        if archived is not UNSET:
            field_dict["archived"] = archived
        if rating is not UNSET:
            field_dict["rating"] = rating
        if taken_at_override is not UNSET:
            field_dict["taken_at_override"] = taken_at_override
        if position_override is not UNSET:
            field_dict["position_override"] = position_override
        if rotation is not UNSET:
            field_dict["rotation"] = rotation
        if add_labels is not UNSET:
            field_dict["add_labels"] = add_labels
        if remove_labels is not UNSET:
            field_dict["remove_labels"] = remove_labels
        if taken_at_shift is not UNSET:
            field_dict["taken_at_shift"] = taken_at_shift
        if rotate_by is not UNSET:
            field_dict["rotate_by"] = rotate_by

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.position_override import PositionOverride  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_title(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        title = _parse_title(d.pop("title", UNSET))

        def _parse_description(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        description = _parse_description(d.pop("description", UNSET))

        def _parse_favorite(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        favorite = _parse_favorite(d.pop("favorite", UNSET))

        def _parse_archived(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        archived = _parse_archived(d.pop("archived", UNSET))

        def _parse_rating(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        rating = _parse_rating(d.pop("rating", UNSET))

        def _parse_taken_at_override(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        taken_at_override = _parse_taken_at_override(d.pop("taken_at_override", UNSET))

        def _parse_position_override(data: object) -> None | PositionOverride | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                position_override_type_0 = PositionOverride.from_dict(data)

                return position_override_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | PositionOverride | Unset, data)

        position_override = _parse_position_override(d.pop("position_override", UNSET))

        def _parse_rotation(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        rotation = _parse_rotation(d.pop("rotation", UNSET))

        def _parse_add_labels(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                add_labels_type_0 = cast(list[str], data)

                return add_labels_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        add_labels = _parse_add_labels(d.pop("add_labels", UNSET))

        def _parse_remove_labels(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                remove_labels_type_0 = cast(list[str], data)

                return remove_labels_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        remove_labels = _parse_remove_labels(d.pop("remove_labels", UNSET))

        def _parse_taken_at_shift(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        taken_at_shift = _parse_taken_at_shift(d.pop("taken_at_shift", UNSET))

        def _parse_rotate_by(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        rotate_by = _parse_rotate_by(d.pop("rotate_by", UNSET))

        batch_changes = cls(
            title=title,
            description=description,
            favorite=favorite,
            archived=archived,
            rating=rating,
            taken_at_override=taken_at_override,
            position_override=position_override,
            rotation=rotation,
            add_labels=add_labels,
            remove_labels=remove_labels,
            taken_at_shift=taken_at_shift,
            rotate_by=rotate_by,
        )

        return batch_changes
