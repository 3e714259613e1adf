from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast

if TYPE_CHECKING:
    from ..models.share_link_view import ShareLinkView


T = TypeVar("T", bound="CreatedShareLink")


@_attrs_define
class CreatedShareLink:
    """A new link, with its token.

    Attributes:
        share_link (ShareLinkView): A share link, without its token.
        token (str): The credential of visitors. It is returned only here.
        path (str): Path of what visitors get, below the URL of the API.
    """

    share_link: ShareLinkView
    token: str
    path: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.share_link_view import ShareLinkView  # noqa: PLC0415

        share_link = self.share_link.to_dict()

        token = self.token

        path = self.path

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "share_link": share_link,
                "token": token,
                "path": path,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.share_link_view import ShareLinkView  # noqa: PLC0415

        d = dict(src_dict)
        share_link = ShareLinkView.from_dict(d.pop("share_link"))

        token = d.pop("token")

        path = d.pop("path")

        created_share_link = cls(
            share_link=share_link,
            token=token,
            path=path,
        )

        created_share_link.additional_properties = d
        return created_share_link

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
