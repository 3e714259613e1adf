from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.status import Status
from typing import cast

if TYPE_CHECKING:
    from ..models.capture import Capture
    from ..models.geo_position import GeoPosition
    from ..models.rendition_view import RenditionView


T = TypeVar("T", bound="AlbumImageView")


@_attrs_define
class AlbumImageView:
    """An image with its renditions, and what is shown of its metadata.

    Attributes:
        id (str): The id of an image: a UUID of version 7. Ids sort by creation time.
        status (Status): The status of an image, as its owner sees it.
        title (None | str): Null unless the link shows metadata.
        description (None | str):
        width (int | None): Pixels of the upright original.
        height (int | None):
        animated (bool | None):
        projection (None | str): The projection of a panorama.
        placeholder (None | str): ThumbHash in Base64, to show until a rendition has loaded.
        capture (Capture | None): The time of capture and the camera, without the place; null unless the link shows
            metadata.
        place (GeoPosition | None): Null unless the link shows the position.
        renditions (list[RenditionView]):
        contributor_id (None | str): The member who added the image; null for images of the album's owner.
        own (bool): Whether the image belongs to the caller, who also finds it in `GET /v1/images`.
        original (bool): Whether the caller may download the original.
    """

    id: str
    status: Status
    title: None | str
    description: None | str
    width: int | None
    height: int | None
    animated: bool | None
    projection: None | str
    placeholder: None | str
    capture: Capture | None
    place: GeoPosition | None
    renditions: list[RenditionView]
    contributor_id: None | str
    own: bool
    original: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.capture import Capture  # noqa: PLC0415
        from ..models.geo_position import GeoPosition  # noqa: PLC0415
        from ..models.rendition_view import RenditionView  # noqa: PLC0415

        id = self.id

        status = self.status.value

        title: None | str
        title = self.title

        description: None | str
        description = self.description

        width: int | None
        width = self.width

        height: int | None
        height = self.height

        animated: bool | None
        animated = self.animated

        projection: None | str
        projection = self.projection

        placeholder: None | str
        placeholder = self.placeholder

        capture: dict[str, Any] | None
        if isinstance(self.capture, Capture):
            capture = self.capture.to_dict()
        else:
            capture = self.capture

        place: dict[str, Any] | None
        if isinstance(self.place, GeoPosition):
            place = self.place.to_dict()
        else:
            place = self.place

        renditions = []
        for renditions_item_data in self.renditions:
            renditions_item = renditions_item_data.to_dict()
            renditions.append(renditions_item)

        contributor_id: None | str
        contributor_id = self.contributor_id

        own = self.own

        original = self.original

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "status": status,
                "title": title,
                "description": description,
                "width": width,
                "height": height,
                "animated": animated,
                "projection": projection,
                "placeholder": placeholder,
                "capture": capture,
                "place": place,
                "renditions": renditions,
                "contributor_id": contributor_id,
                "own": own,
                "original": original,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.capture import Capture  # noqa: PLC0415
        from ..models.geo_position import GeoPosition  # noqa: PLC0415
        from ..models.rendition_view import RenditionView  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        status = Status(d.pop("status"))

        def _parse_title(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        title = _parse_title(d.pop("title"))

        def _parse_description(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        description = _parse_description(d.pop("description"))

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

        def _parse_projection(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        projection = _parse_projection(d.pop("projection"))

        def _parse_placeholder(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        placeholder = _parse_placeholder(d.pop("placeholder"))

        def _parse_capture(data: object) -> Capture | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                capture_type_0 = Capture.from_dict(data)

                return capture_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Capture | None, data)

        capture = _parse_capture(d.pop("capture"))

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

        renditions = []
        _renditions = d.pop("renditions")
        for renditions_item_data in _renditions:
            renditions_item = RenditionView.from_dict(renditions_item_data)

            renditions.append(renditions_item)

        def _parse_contributor_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        contributor_id = _parse_contributor_id(d.pop("contributor_id"))

        own = d.pop("own")

        original = d.pop("original")

        album_image_view = cls(
            id=id,
            status=status,
            title=title,
            description=description,
            width=width,
            height=height,
            animated=animated,
            projection=projection,
            placeholder=placeholder,
            capture=capture,
            place=place,
            renditions=renditions,
            contributor_id=contributor_id,
            own=own,
            original=original,
        )

        album_image_view.additional_properties = d
        return album_image_view

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
