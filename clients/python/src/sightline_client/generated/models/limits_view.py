from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast


T = TypeVar("T", bound="LimitsView")


@_attrs_define
class LimitsView:
    """Limits on requests and on what an owner stores; null is unlimited.

    Attributes:
        upload_bytes (int): Size of an image to upload.
        upload_seconds (int): Seconds for which a presigned POST is valid.
        batch_size (int): Items of one batch.
        page_size (int): `limit` of lists of images, albums and duplicates.
        filter_labels (int): Labels in each of `label` and `not`.
        filter_words (int): Words in all of `text`.
        title_characters (int):
        description_characters (int):
        label_characters (int):
        labels_added (int): Labels that the owner adds to an image.
        labels_hidden (int): Labels of an image that the owner hides.
        albums_per_image (int): Albums that contain the image.
        images (int | None): Images that an owner stores.
        bytes_ (int | None): Bytes of originals that an owner stores.
        trash_days (int): Days for which the trash keeps an image.
        requests_per_second (float | None): Sustained requests per second of an owner.
        request_burst (int): Requests of an owner at once.
        event_streams (int): Open event streams of an owner.
    """

    upload_bytes: int
    upload_seconds: int
    batch_size: int
    page_size: int
    filter_labels: int
    filter_words: int
    title_characters: int
    description_characters: int
    label_characters: int
    labels_added: int
    labels_hidden: int
    albums_per_image: int
    images: int | None
    bytes_: int | None
    trash_days: int
    requests_per_second: float | None
    request_burst: int
    event_streams: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        upload_bytes = self.upload_bytes

        upload_seconds = self.upload_seconds

        batch_size = self.batch_size

        page_size = self.page_size

        filter_labels = self.filter_labels

        filter_words = self.filter_words

        title_characters = self.title_characters

        description_characters = self.description_characters

        label_characters = self.label_characters

        labels_added = self.labels_added

        labels_hidden = self.labels_hidden

        albums_per_image = self.albums_per_image

        images: int | None
        images = self.images

        bytes_: int | None
        bytes_ = self.bytes_

        trash_days = self.trash_days

        requests_per_second: float | None
        requests_per_second = self.requests_per_second

        request_burst = self.request_burst

        event_streams = self.event_streams

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "upload_bytes": upload_bytes,
                "upload_seconds": upload_seconds,
                "batch_size": batch_size,
                "page_size": page_size,
                "filter_labels": filter_labels,
                "filter_words": filter_words,
                "title_characters": title_characters,
                "description_characters": description_characters,
                "label_characters": label_characters,
                "labels_added": labels_added,
                "labels_hidden": labels_hidden,
                "albums_per_image": albums_per_image,
                "images": images,
                "bytes": bytes_,
                "trash_days": trash_days,
                "requests_per_second": requests_per_second,
                "request_burst": request_burst,
                "event_streams": event_streams,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        upload_bytes = d.pop("upload_bytes")

        upload_seconds = d.pop("upload_seconds")

        batch_size = d.pop("batch_size")

        page_size = d.pop("page_size")

        filter_labels = d.pop("filter_labels")

        filter_words = d.pop("filter_words")

        title_characters = d.pop("title_characters")

        description_characters = d.pop("description_characters")

        label_characters = d.pop("label_characters")

        labels_added = d.pop("labels_added")

        labels_hidden = d.pop("labels_hidden")

        albums_per_image = d.pop("albums_per_image")

        def _parse_images(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        images = _parse_images(d.pop("images"))

        def _parse_bytes_(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        bytes_ = _parse_bytes_(d.pop("bytes"))

        trash_days = d.pop("trash_days")

        def _parse_requests_per_second(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        requests_per_second = _parse_requests_per_second(d.pop("requests_per_second"))

        request_burst = d.pop("request_burst")

        event_streams = d.pop("event_streams")

        limits_view = cls(
            upload_bytes=upload_bytes,
            upload_seconds=upload_seconds,
            batch_size=batch_size,
            page_size=page_size,
            filter_labels=filter_labels,
            filter_words=filter_words,
            title_characters=title_characters,
            description_characters=description_characters,
            label_characters=label_characters,
            labels_added=labels_added,
            labels_hidden=labels_hidden,
            albums_per_image=albums_per_image,
            images=images,
            bytes_=bytes_,
            trash_days=trash_days,
            requests_per_second=requests_per_second,
            request_burst=request_burst,
            event_streams=event_streams,
        )

        limits_view.additional_properties = d
        return limits_view

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
