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


T = TypeVar("T", bound="ImageChanges")


@_attrs_define
class ImageChanges:
    """The fields to change. A field that is left out stays; null removes a text or a time.

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
        labels_added (list[str] | None | Unset): All of the owner's own labels. Null keeps them.
        labels_hidden (list[str] | None | Unset): All detected labels to leave out. Null keeps them.
    """

    title: None | str | Unset = UNSET
    description: None | str | Unset = UNSET
    favorite: bool | None | Unset = UNSET
    archived: bool | None | Unset = UNSET
    rating: int | None | Unset = UNSET
    taken_at_override: None | str | Unset = UNSET
    position_override: None | PositionOverride | Unset = UNSET
    rotation: int | None | Unset = UNSET
    labels_added: list[str] | None | Unset = UNSET
    labels_hidden: list[str] | None | Unset = UNSET

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

        labels_added: list[str] | None | Unset
        if isinstance(self.labels_added, Unset):
            labels_added = UNSET
        elif isinstance(self.labels_added, list):
            labels_added = self.labels_added

        else:
            labels_added = self.labels_added

        labels_hidden: list[str] | None | Unset
        if isinstance(self.labels_hidden, Unset):
            labels_hidden = UNSET
        elif isinstance(self.labels_hidden, list):
            labels_hidden = self.labels_hidden

        else:
            labels_hidden = self.labels_hidden

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
        if labels_added is not UNSET:
            field_dict["labels_added"] = labels_added
        if labels_hidden is not UNSET:
            field_dict["labels_hidden"] = labels_hidden

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

        def _parse_labels_added(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                labels_added_type_0 = cast(list[str], data)

                return labels_added_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        labels_added = _parse_labels_added(d.pop("labels_added", UNSET))

        def _parse_labels_hidden(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                labels_hidden_type_0 = cast(list[str], data)

                return labels_hidden_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        labels_hidden = _parse_labels_hidden(d.pop("labels_hidden", UNSET))

        image_changes = cls(
            title=title,
            description=description,
            favorite=favorite,
            archived=archived,
            rating=rating,
            taken_at_override=taken_at_override,
            position_override=position_override,
            rotation=rotation,
            labels_added=labels_added,
            labels_hidden=labels_hidden,
        )

        return image_changes
