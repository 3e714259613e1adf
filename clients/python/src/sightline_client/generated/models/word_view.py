from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.word_field import WordField
from typing import cast


T = TypeVar("T", bound="WordView")


@_attrs_define
class WordView:
    """A word to search for with `q`.

    Attributes:
        word (str): In lower case, without accents.
        images (int): How many images have it in any field.
        fields (list[WordField]): The fields of the newest of these images that have it.
    """

    word: str
    images: int
    fields: list[WordField]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        word = self.word

        images = self.images

        fields = []
        for fields_item_data in self.fields:
            fields_item = fields_item_data.value
            fields.append(fields_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "word": word,
                "images": images,
                "fields": fields,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        word = d.pop("word")

        images = d.pop("images")

        fields = []
        _fields = d.pop("fields")
        for fields_item_data in _fields:
            fields_item = WordField(fields_item_data)

            fields.append(fields_item)

        word_view = cls(
            word=word,
            images=images,
            fields=fields,
        )

        word_view.additional_properties = d
        return word_view

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
