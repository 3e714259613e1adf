from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.status import Status
from ..types import UNSET, Unset
from typing import cast
import datetime

if TYPE_CHECKING:
    from ..models.geo_position import GeoPosition
    from ..models.image_label import ImageLabel
    from ..models.linked_rendition import LinkedRendition
    from ..models.search_match import SearchMatch


T = TypeVar("T", bound="ImageSummary")


@_attrs_define
class ImageSummary:
    """An image in a list; `GET /v1/images/{image_id}` returns all of it.

    Attributes:
        id (str): The id of an image: a UUID of version 7. Ids sort by creation time.
        status (Status): The status of an image, as its owner sees it.
        title (None | str):
        media_type (str): As detected in the file; until then as declared.
        bytes_ (int):
        width (int | None): Pixels of the upright original.
        height (int | None):
        animated (bool | None):
        placeholder (None | str): ThumbHash in Base64, to show until the thumbnail has loaded.
        labels (list[ImageLabel]): Most confident first.
        taken_at (datetime.datetime | None): The instant of capture; null if its offset from UTC is unknown.
        taken_at_local (None | str):
        place (GeoPosition | None):
        motion (bool | None): Whether it is the still of a motion or Live Photo.
        projection (None | str): As in the image itself.
        thumbnail (LinkedRendition | None): The smallest rendition.
        preview (LinkedRendition | None): The smallest rendition of at least 1,024 pixels, or else the largest.
        albums (list[str]): Ids of the albums that contain the image.
        favorite (bool):
        archived (bool):
        rating (int): 1 to 5 stars; 0 is none.
        created_at (datetime.datetime):
        matches (list[SearchMatch] | Unset): What matched the words of `q`; empty without `q`.
    """

    id: str
    status: Status
    title: None | str
    media_type: str
    bytes_: int
    width: int | None
    height: int | None
    animated: bool | None
    placeholder: None | str
    labels: list[ImageLabel]
    taken_at: datetime.datetime | None
    taken_at_local: None | str
    place: GeoPosition | None
    motion: bool | None
    projection: None | str
    thumbnail: LinkedRendition | None
    preview: LinkedRendition | None
    albums: list[str]
    favorite: bool
    archived: bool
    rating: int
    created_at: datetime.datetime
    matches: list[SearchMatch] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.geo_position import GeoPosition  # noqa: PLC0415
        from ..models.image_label import ImageLabel  # noqa: PLC0415
        from ..models.linked_rendition import LinkedRendition  # noqa: PLC0415
        from ..models.search_match import SearchMatch  # noqa: PLC0415

        id = self.id

        status = self.status.value

        title: None | str
        title = self.title

        media_type = self.media_type

        bytes_ = self.bytes_

        width: int | None
        width = self.width

        height: int | None
        height = self.height

        animated: bool | None
        animated = self.animated

        placeholder: None | str
        placeholder = self.placeholder

        labels = []
        for labels_item_data in self.labels:
            labels_item = labels_item_data.to_dict()
            labels.append(labels_item)

        taken_at: None | str
        if isinstance(self.taken_at, datetime.datetime):
            taken_at = self.taken_at.isoformat()
        else:
            taken_at = self.taken_at

        taken_at_local: None | str
        taken_at_local = self.taken_at_local

        place: dict[str, Any] | None
        if isinstance(self.place, GeoPosition):
            place = self.place.to_dict()
        else:
            place = self.place

        motion: bool | None
        motion = self.motion

        projection: None | str
        projection = self.projection

        thumbnail: dict[str, Any] | None
        if isinstance(self.thumbnail, LinkedRendition):
            thumbnail = self.thumbnail.to_dict()
        else:
            thumbnail = self.thumbnail

        preview: dict[str, Any] | None
        if isinstance(self.preview, LinkedRendition):
            preview = self.preview.to_dict()
        else:
            preview = self.preview

        albums = self.albums

        favorite = self.favorite

        archived = self.archived

        rating = self.rating

        created_at = self.created_at.isoformat()

        matches: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.matches, Unset):
            matches = []
            for matches_item_data in self.matches:
                matches_item = matches_item_data.to_dict()
                matches.append(matches_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "status": status,
                "title": title,
                "media_type": media_type,
                "bytes": bytes_,
                "width": width,
                "height": height,
                "animated": animated,
                "placeholder": placeholder,
                "labels": labels,
                "taken_at": taken_at,
                "taken_at_local": taken_at_local,
                "place": place,
                "motion": motion,
                "projection": projection,
                "thumbnail": thumbnail,
                "preview": preview,
                "albums": albums,
                "favorite": favorite,
                "archived": archived,
                "rating": rating,
                "created_at": created_at,
            }
        )
        if matches is not UNSET:
            field_dict["matches"] = matches

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.geo_position import GeoPosition  # noqa: PLC0415
        from ..models.image_label import ImageLabel  # noqa: PLC0415
        from ..models.linked_rendition import LinkedRendition  # noqa: PLC0415
        from ..models.search_match import SearchMatch  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        status = Status(d.pop("status"))

        def _parse_title(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        title = _parse_title(d.pop("title"))

        media_type = d.pop("media_type")

        bytes_ = d.pop("bytes")

        def _parse_width(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        width = _parse_width(d.pop("width"))

        def _parse_height(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        height = _parse_height(d.pop("height"))

        def _parse_animated(data: object) -> bool | None:
            if data is None:
                return data
            return cast(bool | None, data)

        animated = _parse_animated(d.pop("animated"))

        def _parse_placeholder(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        placeholder = _parse_placeholder(d.pop("placeholder"))

        labels = []
        _labels = d.pop("labels")
        for labels_item_data in _labels:
            labels_item = ImageLabel.from_dict(labels_item_data)

            labels.append(labels_item)

        def _parse_taken_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                taken_at_type_0 = datetime.datetime.fromisoformat(data)

                return taken_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        taken_at = _parse_taken_at(d.pop("taken_at"))

        def _parse_taken_at_local(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        taken_at_local = _parse_taken_at_local(d.pop("taken_at_local"))

        def _parse_place(data: object) -> GeoPosition | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                place_type_0 = GeoPosition.from_dict(data)

                return place_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(GeoPosition | None, data)

        place = _parse_place(d.pop("place"))

        def _parse_motion(data: object) -> bool | None:
            if data is None:
                return data
            return cast(bool | None, data)

        motion = _parse_motion(d.pop("motion"))

        def _parse_projection(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        projection = _parse_projection(d.pop("projection"))

        def _parse_thumbnail(data: object) -> LinkedRendition | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                thumbnail_type_0 = LinkedRendition.from_dict(data)

                return thumbnail_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(LinkedRendition | None, data)

        thumbnail = _parse_thumbnail(d.pop("thumbnail"))

        def _parse_preview(data: object) -> LinkedRendition | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                preview_type_0 = LinkedRendition.from_dict(data)

                return preview_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(LinkedRendition | None, data)

        preview = _parse_preview(d.pop("preview"))

        albums = cast(list[str], d.pop("albums"))

        favorite = d.pop("favorite")

        archived = d.pop("archived")

        rating = d.pop("rating")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        _matches = d.pop("matches", UNSET)
        matches: list[SearchMatch] | Unset = UNSET
        if _matches is not UNSET:
            matches = []
            for matches_item_data in _matches:
                matches_item = SearchMatch.from_dict(matches_item_data)

                matches.append(matches_item)

        image_summary = cls(
            id=id,
            status=status,
            title=title,
            media_type=media_type,
            bytes_=bytes_,
            width=width,
            height=height,
            animated=animated,
            placeholder=placeholder,
            labels=labels,
            taken_at=taken_at,
            taken_at_local=taken_at_local,
            place=place,
            motion=motion,
            projection=projection,
            thumbnail=thumbnail,
            preview=preview,
            albums=albums,
            favorite=favorite,
            archived=archived,
            rating=rating,
            created_at=created_at,
            matches=matches,
        )

        image_summary.additional_properties = d
        return image_summary

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
