from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.feature import Feature
from ..models.image_upload_request_media_type import ImageUploadRequestMediaType
from ..types import UNSET, Unset
from typing import cast


T = TypeVar("T", bound="ImageUploadRequest")


@_attrs_define
class ImageUploadRequest:
    """An image to upload.

    Attributes:
        media_type (ImageUploadRequestMediaType):
        bytes_ (int): Exact size of the file.
        sha256 (str): SHA-256 of the file in hex; S3 rejects any other content.
        title (None | str | Unset):
        features (list[Feature] | None | Unset): Features to recognize. Null selects the server's default.
    """

    media_type: ImageUploadRequestMediaType
    bytes_: int
    sha256: str
    title: None | str | Unset = UNSET
    features: list[Feature] | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        media_type = self.media_type.value

        bytes_ = self.bytes_

        sha256 = self.sha256

        title: None | str | Unset
        if isinstance(self.title, Unset):
            title = UNSET
        else:
            title = self.title

        features: list[str] | None | Unset
        if isinstance(self.features, Unset):
            features = UNSET
        elif isinstance(self.features, list):
            features = []
            for features_type_0_item_data in self.features:
                features_type_0_item = features_type_0_item_data.value
                features.append(features_type_0_item)

        else:
            features = self.features

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "media_type": media_type,
                "bytes": bytes_,
                "sha256": sha256,
            }
        )
        if title is not UNSET:
            field_dict["title"] = title
        if features is not UNSET:
            field_dict["features"] = features

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        media_type = ImageUploadRequestMediaType(d.pop("media_type"))

        bytes_ = d.pop("bytes")

        sha256 = d.pop("sha256")

        def _parse_title(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        title = _parse_title(d.pop("title", UNSET))

        def _parse_features(data: object) -> list[Feature] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                features_type_0 = []
                _features_type_0 = data
                for features_type_0_item_data in _features_type_0:
                    features_type_0_item = Feature(features_type_0_item_data)

                    features_type_0.append(features_type_0_item)

                return features_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[Feature] | None | Unset, data)

        features = _parse_features(d.pop("features", UNSET))

        image_upload_request = cls(
            media_type=media_type,
            bytes_=bytes_,
            sha256=sha256,
            title=title,
            features=features,
        )

        return image_upload_request
