from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.status import Status
from typing import cast
import datetime

if TYPE_CHECKING:
    from ..models.capture import Capture
    from ..models.geo_position import GeoPosition
    from ..models.image_label import ImageLabel
    from ..models.position_override import PositionOverride
    from ..models.recognition_view import RecognitionView
    from ..models.renditions_view import RenditionsView


T = TypeVar("T", bound="ImageView")


@_attrs_define
class ImageView:
    """An image with its processing state and results.

    Attributes:
        id (str): The id of an image: a UUID of version 7. Ids sort by creation time.
        status (Status): The status of an image, as its owner sees it.
        title (None | str):
        description (None | str):
        labels (list[ImageLabel]): The labels that the image is found by: detected labels without the hidden ones, and
            the owner's own. Most confident first.
        labels_added (list[str]): The owner's own labels.
        labels_hidden (list[str]): Detected labels to leave out.
        taken_at (datetime.datetime | None): The instant of capture, as the owner corrected it, or else as the file
            records it; null if its offset from UTC is unknown.
        taken_at_local (None | str):
        taken_at_override (None | str): The time of capture as the owner corrected it; null if it is that of the file.
        place (GeoPosition | None): The position, as the owner corrected it, or else as the file records it. The names
            of a corrected position follow in a moment.
        position_override (None | PositionOverride): The position as the owner corrected it; null if it is that of the
            file.
        rotation (int): Degrees clockwise (0, 90, 180 or 270) that the owner rotates the image by, in addition to the
            orientation of the file. Renditions, sides and boxes follow in a moment; `renditions.rotation` is the rotation
            that they have.
        albums (list[str]): Ids of the albums that contain the image.
        favorite (bool):
        archived (bool): Whether the timeline leaves the image out.
        rating (int): 1 to 5 stars; 0 is none.
        media_type (str): As detected in the file; until then as declared.
        bytes_ (int):
        sha256 (str):
        created_at (datetime.datetime):
        width (int | None): Pixels of the upright original, as it is rotated.
        height (int | None):
        animated (bool | None): Renditions of an animation show its first frame.
        damaged (bool | None): Whether pixels are missing in the file; renditions are gray there.
        placeholder (None | str): ThumbHash in Base64, to show until a rendition has loaded.
        motion (bool | None): Whether the image is the still of a motion photo or a Live Photo.
        projection (None | str): The projection of a panorama, such as a 360-degree photo (`equirectangular`).
        capture (Capture | None): What the file records.
        recognition (RecognitionView): The recognition result. Boxes are fractions of the width and height of the
            renditions.

            They follow the rotation of the renditions. A feature that was not requested is null.
        renditions (RenditionsView): The renditions of an image.
    """

    id: str
    status: Status
    title: None | str
    description: None | str
    labels: list[ImageLabel]
    labels_added: list[str]
    labels_hidden: list[str]
    taken_at: datetime.datetime | None
    taken_at_local: None | str
    taken_at_override: None | str
    place: GeoPosition | None
    position_override: None | PositionOverride
    rotation: int
    albums: list[str]
    favorite: bool
    archived: bool
    rating: int
    media_type: str
    bytes_: int
    sha256: str
    created_at: datetime.datetime
    width: int | None
    height: int | None
    animated: bool | None
    damaged: bool | None
    placeholder: None | str
    motion: bool | None
    projection: None | str
    capture: Capture | None
    recognition: RecognitionView
    renditions: RenditionsView
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.capture import Capture  # noqa: PLC0415
        from ..models.geo_position import GeoPosition  # noqa: PLC0415
        from ..models.image_label import ImageLabel  # noqa: PLC0415
        from ..models.position_override import PositionOverride  # noqa: PLC0415
        from ..models.recognition_view import RecognitionView  # noqa: PLC0415
        from ..models.renditions_view import RenditionsView  # noqa: PLC0415

        id = self.id

        status = self.status.value

        title: None | str
        title = self.title

        description: None | str
        description = self.description

        labels = []
        for labels_item_data in self.labels:
            labels_item = labels_item_data.to_dict()
            labels.append(labels_item)

        labels_added = self.labels_added

        labels_hidden = self.labels_hidden

        taken_at: None | str
        if isinstance(self.taken_at, datetime.datetime):
            taken_at = self.taken_at.isoformat()
        else:
            taken_at = self.taken_at

        taken_at_local: None | str
        taken_at_local = self.taken_at_local

        taken_at_override: None | str
        taken_at_override = self.taken_at_override

        place: dict[str, Any] | None
        if isinstance(self.place, GeoPosition):
            place = self.place.to_dict()
        else:
            place = self.place

        position_override: dict[str, Any] | None
        if isinstance(self.position_override, PositionOverride):
            position_override = self.position_override.to_dict()
        else:
            position_override = self.position_override

        rotation = self.rotation

        albums = self.albums

        favorite = self.favorite

        archived = self.archived

        rating = self.rating

        media_type = self.media_type

        bytes_ = self.bytes_

        sha256 = self.sha256

        created_at = self.created_at.isoformat()

        width: int | None
        width = self.width

        height: int | None
        height = self.height

        animated: bool | None
        animated = self.animated

        damaged: bool | None
        damaged = self.damaged

        placeholder: None | str
        placeholder = self.placeholder

        motion: bool | None
        motion = self.motion

        projection: None | str
        projection = self.projection

        capture: dict[str, Any] | None
        if isinstance(self.capture, Capture):
            capture = self.capture.to_dict()
        else:
            capture = self.capture

        recognition = self.recognition.to_dict()

        renditions = self.renditions.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "status": status,
                "title": title,
                "description": description,
                "labels": labels,
                "labels_added": labels_added,
                "labels_hidden": labels_hidden,
                "taken_at": taken_at,
                "taken_at_local": taken_at_local,
                "taken_at_override": taken_at_override,
                "place": place,
                "position_override": position_override,
                "rotation": rotation,
                "albums": albums,
                "favorite": favorite,
                "archived": archived,
                "rating": rating,
                "media_type": media_type,
                "bytes": bytes_,
                "sha256": sha256,
                "created_at": created_at,
                "width": width,
                "height": height,
                "animated": animated,
                "damaged": damaged,
                "placeholder": placeholder,
                "motion": motion,
                "projection": projection,
                "capture": capture,
                "recognition": recognition,
                "renditions": renditions,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.capture import Capture  # noqa: PLC0415
        from ..models.geo_position import GeoPosition  # noqa: PLC0415
        from ..models.image_label import ImageLabel  # noqa: PLC0415
        from ..models.position_override import PositionOverride  # noqa: PLC0415
        from ..models.recognition_view import RecognitionView  # noqa: PLC0415
        from ..models.renditions_view import RenditionsView  # noqa: PLC0415

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

        labels = []
        _labels = d.pop("labels")
        for labels_item_data in _labels:
            labels_item = ImageLabel.from_dict(labels_item_data)

            labels.append(labels_item)

        labels_added = cast(list[str], d.pop("labels_added"))

        labels_hidden = cast(list[str], d.pop("labels_hidden"))

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

        def _parse_taken_at_override(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        taken_at_override = _parse_taken_at_override(d.pop("taken_at_override"))

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

        def _parse_position_override(data: object) -> None | PositionOverride:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                position_override_type_0 = PositionOverride.from_dict(data)

                return position_override_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | PositionOverride, data)

        position_override = _parse_position_override(d.pop("position_override"))

        rotation = d.pop("rotation")

        albums = cast(list[str], d.pop("albums"))

        favorite = d.pop("favorite")

        archived = d.pop("archived")

        rating = d.pop("rating")

        media_type = d.pop("media_type")

        bytes_ = d.pop("bytes")

        sha256 = d.pop("sha256")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

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

        def _parse_damaged(data: object) -> bool | None:
            if data is None:
                return data
            return cast(bool | None, data)

        damaged = _parse_damaged(d.pop("damaged"))

        def _parse_placeholder(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        placeholder = _parse_placeholder(d.pop("placeholder"))

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

        recognition = RecognitionView.from_dict(d.pop("recognition"))

        renditions = RenditionsView.from_dict(d.pop("renditions"))

        image_view = cls(
            id=id,
            status=status,
            title=title,
            description=description,
            labels=labels,
            labels_added=labels_added,
            labels_hidden=labels_hidden,
            taken_at=taken_at,
            taken_at_local=taken_at_local,
            taken_at_override=taken_at_override,
            place=place,
            position_override=position_override,
            rotation=rotation,
            albums=albums,
            favorite=favorite,
            archived=archived,
            rating=rating,
            media_type=media_type,
            bytes_=bytes_,
            sha256=sha256,
            created_at=created_at,
            width=width,
            height=height,
            animated=animated,
            damaged=damaged,
            placeholder=placeholder,
            motion=motion,
            projection=projection,
            capture=capture,
            recognition=recognition,
            renditions=renditions,
        )

        image_view.additional_properties = d
        return image_view

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
