from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast

if TYPE_CHECKING:
    from ..models.image_view import ImageView
    from ..models.upload_target import UploadTarget


T = TypeVar("T", bound="ImageUpload")


@_attrs_define
class ImageUpload:
    """A new image, and the presigned POST that uploads its file.

    If the caller already has an image with the same bytes, `duplicate_of` is its id. Uploading
    creates a second image of them; deleting the new image cancels the upload.

        Attributes:
            image (ImageView): An image with its processing state and results.
            upload (UploadTarget): A presigned POST. Send `fields`, then the file as the last field `file`, to `url`.

                The encoding is multipart/form-data.
            duplicate_of (None | str):
    """

    image: ImageView
    upload: UploadTarget
    duplicate_of: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.image_view import ImageView  # noqa: PLC0415
        from ..models.upload_target import UploadTarget  # noqa: PLC0415

        image = self.image.to_dict()

        upload = self.upload.to_dict()

        duplicate_of: None | str
        duplicate_of = self.duplicate_of

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "image": image,
                "upload": upload,
                "duplicate_of": duplicate_of,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.image_view import ImageView  # noqa: PLC0415
        from ..models.upload_target import UploadTarget  # noqa: PLC0415

        d = dict(src_dict)
        image = ImageView.from_dict(d.pop("image"))

        upload = UploadTarget.from_dict(d.pop("upload"))

        def _parse_duplicate_of(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        duplicate_of = _parse_duplicate_of(d.pop("duplicate_of"))

        image_upload = cls(
            image=image,
            upload=upload,
            duplicate_of=duplicate_of,
        )

        image_upload.additional_properties = d
        return image_upload

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
