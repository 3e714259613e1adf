from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast


T = TypeVar("T", bound="BatchChanges")


@_attrs_define
class BatchChanges:
    """The fields to change of each image, at least one. A field that is left out stays.

    Null removes a text.

        Attributes:
            title (None | str | Unset):
            description (None | str | Unset):
            favorite (bool | None | Unset): Null keeps it.
            archived (bool | None | Unset): Whether to leave the image out of the timeline, its counts and the list of
                images. Searches, albums and shares keep it. Null keeps it.
            rating (int | None | Unset): 1 to 5 stars; 0 removes the rating. Null keeps it.
            add_labels (list[str] | None | Unset): Labels to add to those of each image, or no longer to hide.
            remove_labels (list[str] | None | Unset): The owner's own labels to remove, and detected labels to hide. They
                are removed before others are added.
    """

    title: None | str | Unset = UNSET
    description: None | str | Unset = UNSET
    favorite: bool | None | Unset = UNSET
    archived: bool | None | Unset = UNSET
    rating: int | None | Unset = UNSET
    add_labels: list[str] | None | Unset = UNSET
    remove_labels: list[str] | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
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
        if add_labels is not UNSET:
            field_dict["add_labels"] = add_labels
        if remove_labels is not UNSET:
            field_dict["remove_labels"] = remove_labels

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
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

        batch_changes = cls(
            title=title,
            description=description,
            favorite=favorite,
            archived=archived,
            rating=rating,
            add_labels=add_labels,
            remove_labels=remove_labels,
        )

        return batch_changes
