from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.email_kind import EmailKind
from ..models.language import Language
from typing import cast


T = TypeVar("T", bound="EmailNotificationsView")


@_attrs_define
class EmailNotificationsView:
    """The email notifications of the caller.

    Attributes:
        kinds (list[EmailKind]): What is sent: `batch_done` after a batch of images was processed, `image_failed` only
            if images failed, `webhook_paused` when a webhook endpoint was paused because deliveries failed, `quota_warning`
            at 80% and 100% of the storage quota, `budget_warning` at 80% and 100% of the monthly recognition budget. Empty:
            nothing.
        language (Language): The languages of the messages, those of the web application.
        email (None | str): The verified email address; null if none is stored.
    """

    kinds: list[EmailKind]
    language: Language
    email: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        kinds = []
        for kinds_item_data in self.kinds:
            kinds_item = kinds_item_data.value
            kinds.append(kinds_item)

        language = self.language.value

        email: None | str
        email = self.email

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "kinds": kinds,
                "language": language,
                "email": email,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        kinds = []
        _kinds = d.pop("kinds")
        for kinds_item_data in _kinds:
            kinds_item = EmailKind(kinds_item_data)

            kinds.append(kinds_item)

        language = Language(d.pop("language"))

        def _parse_email(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        email = _parse_email(d.pop("email"))

        email_notifications_view = cls(
            kinds=kinds,
            language=language,
            email=email,
        )

        email_notifications_view.additional_properties = d
        return email_notifications_view

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
