from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.archived_filter import ArchivedFilter
from ..models.status import Status
from ..types import UNSET, Unset
from typing import cast
import datetime


T = TypeVar("T", bound="AlbumSearch")


@_attrs_define
class AlbumSearch:
    """The filters of `GET /v1/images`, which select the first images of a new album.

    Attributes:
        status (None | Status | Unset):
        album (None | str | Unset):
        label (list[str] | Unset):
        not_ (list[str] | Unset):
        min_confidence (float | Unset):  Default: 0.0.
        text (list[str] | Unset):
        q (None | str | Unset):
        bbox (None | str | Unset):
        created_from (datetime.datetime | None | Unset):
        created_until (datetime.datetime | None | Unset):
        taken_from (datetime.datetime | None | Unset):
        taken_until (datetime.datetime | None | Unset):
        month (None | str | Unset):
        favorite (bool | None | Unset):
        archived (ArchivedFilter | None | Unset):
        rating_min (int | None | Unset):
    """

    status: None | Status | Unset = UNSET
    album: None | str | Unset = UNSET
    label: list[str] | Unset = UNSET
    not_: list[str] | Unset = UNSET
    min_confidence: float | Unset = 0.0
    text: list[str] | Unset = UNSET
    q: None | str | Unset = UNSET
    bbox: None | str | Unset = UNSET
    created_from: datetime.datetime | None | Unset = UNSET
    created_until: datetime.datetime | None | Unset = UNSET
    taken_from: datetime.datetime | None | Unset = UNSET
    taken_until: datetime.datetime | None | Unset = UNSET
    month: None | str | Unset = UNSET
    favorite: bool | None | Unset = UNSET
    archived: ArchivedFilter | None | Unset = UNSET
    rating_min: int | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        status: None | str | Unset
        if isinstance(self.status, Unset):
            status = UNSET
        elif isinstance(self.status, Status):
            status = self.status.value
        else:
            status = self.status

        album: None | str | Unset
        if isinstance(self.album, Unset):
            album = UNSET
        else:
            album = self.album

        label: list[str] | Unset = UNSET
        if not isinstance(self.label, Unset):
            label = self.label

        not_: list[str] | Unset = UNSET
        if not isinstance(self.not_, Unset):
            not_ = self.not_

        min_confidence = self.min_confidence

        text: list[str] | Unset = UNSET
        if not isinstance(self.text, Unset):
            text = self.text

        q: None | str | Unset
        if isinstance(self.q, Unset):
            q = UNSET
        else:
            q = self.q

        bbox: None | str | Unset
        if isinstance(self.bbox, Unset):
            bbox = UNSET
        else:
            bbox = self.bbox

        created_from: None | str | Unset
        if isinstance(self.created_from, Unset):
            created_from = UNSET
        elif isinstance(self.created_from, datetime.datetime):
            created_from = self.created_from.isoformat()
        else:
            created_from = self.created_from

        created_until: None | str | Unset
        if isinstance(self.created_until, Unset):
            created_until = UNSET
        elif isinstance(self.created_until, datetime.datetime):
            created_until = self.created_until.isoformat()
        else:
            created_until = self.created_until

        taken_from: None | str | Unset
        if isinstance(self.taken_from, Unset):
            taken_from = UNSET
        elif isinstance(self.taken_from, datetime.datetime):
            taken_from = self.taken_from.isoformat()
        else:
            taken_from = self.taken_from

        taken_until: None | str | Unset
        if isinstance(self.taken_until, Unset):
            taken_until = UNSET
        elif isinstance(self.taken_until, datetime.datetime):
            taken_until = self.taken_until.isoformat()
        else:
            taken_until = self.taken_until

        month: None | str | Unset
        if isinstance(self.month, Unset):
            month = UNSET
        else:
            month = self.month

        favorite: bool | None | Unset
        if isinstance(self.favorite, Unset):
            favorite = UNSET
        else:
            favorite = self.favorite

        archived: None | str | Unset
        if isinstance(self.archived, Unset):
            archived = UNSET
        elif isinstance(self.archived, ArchivedFilter):
            archived = self.archived.value
        else:
            archived = self.archived

        rating_min: int | None | Unset
        if isinstance(self.rating_min, Unset):
            rating_min = UNSET
        else:
            rating_min = self.rating_min

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if status is not UNSET:
            field_dict["status"] = status
        if album is not UNSET:
            field_dict["album"] = album
        if label is not UNSET:
            field_dict["label"] = label
        if not_ is not UNSET:
            field_dict["not"] = not_
        if min_confidence is not UNSET:
            field_dict["min_confidence"] = min_confidence
        if text is not UNSET:
            field_dict["text"] = text
        if q is not UNSET:
            field_dict["q"] = q
        if bbox is not UNSET:
            field_dict["bbox"] = bbox
        if created_from is not UNSET:
            field_dict["created_from"] = created_from
        if created_until is not UNSET:
            field_dict["created_until"] = created_until
        if taken_from is not UNSET:
            field_dict["taken_from"] = taken_from
        if taken_until is not UNSET:
            field_dict["taken_until"] = taken_until
        if month is not UNSET:
            field_dict["month"] = month
        if favorite is not UNSET:
            field_dict["favorite"] = favorite
        if archived is not UNSET:
            field_dict["archived"] = archived
        if rating_min is not UNSET:
            field_dict["rating_min"] = rating_min

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_status(data: object) -> None | Status | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                status_type_0 = Status(data)

                return status_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Status | Unset, data)

        status = _parse_status(d.pop("status", UNSET))

        def _parse_album(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        album = _parse_album(d.pop("album", UNSET))

        label = cast(list[str], d.pop("label", UNSET))

        not_ = cast(list[str], d.pop("not", UNSET))

        min_confidence = d.pop("min_confidence", UNSET)

        text = cast(list[str], d.pop("text", UNSET))

        def _parse_q(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        q = _parse_q(d.pop("q", UNSET))

        def _parse_bbox(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        bbox = _parse_bbox(d.pop("bbox", UNSET))

        def _parse_created_from(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                created_from_type_0 = datetime.datetime.fromisoformat(data)

                return created_from_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        created_from = _parse_created_from(d.pop("created_from", UNSET))

        def _parse_created_until(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                created_until_type_0 = datetime.datetime.fromisoformat(data)

                return created_until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        created_until = _parse_created_until(d.pop("created_until", UNSET))

        def _parse_taken_from(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                taken_from_type_0 = datetime.datetime.fromisoformat(data)

                return taken_from_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        taken_from = _parse_taken_from(d.pop("taken_from", UNSET))

        def _parse_taken_until(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                taken_until_type_0 = datetime.datetime.fromisoformat(data)

                return taken_until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        taken_until = _parse_taken_until(d.pop("taken_until", UNSET))

        def _parse_month(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        month = _parse_month(d.pop("month", UNSET))

        def _parse_favorite(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        favorite = _parse_favorite(d.pop("favorite", UNSET))

        def _parse_archived(data: object) -> ArchivedFilter | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                archived_type_0 = ArchivedFilter(data)

                return archived_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ArchivedFilter | None | Unset, data)

        archived = _parse_archived(d.pop("archived", UNSET))

        def _parse_rating_min(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        rating_min = _parse_rating_min(d.pop("rating_min", UNSET))

        album_search = cls(
            status=status,
            album=album,
            label=label,
            not_=not_,
            min_confidence=min_confidence,
            text=text,
            q=q,
            bbox=bbox,
            created_from=created_from,
            created_until=created_until,
            taken_from=taken_from,
            taken_until=taken_until,
            month=month,
            favorite=favorite,
            archived=archived,
            rating_min=rating_min,
        )

        return album_search
