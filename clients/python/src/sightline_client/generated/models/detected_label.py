from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast

if TYPE_CHECKING:
    from ..models.label_instance import LabelInstance


T = TypeVar("T", bound="DetectedLabel")


@_attrs_define
class DetectedLabel:
    """An object, scene or concept detected in the image.

    Attributes:
        name (str):
        confidence (float):
        parents (list[str] | Unset):
        aliases (list[str] | Unset):
        categories (list[str] | Unset):
        instances (list[LabelInstance] | Unset):
    """

    name: str
    confidence: float
    parents: list[str] | Unset = UNSET
    aliases: list[str] | Unset = UNSET
    categories: list[str] | Unset = UNSET
    instances: list[LabelInstance] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.label_instance import LabelInstance  # noqa: PLC0415

        name = self.name

        confidence = self.confidence

        parents: list[str] | Unset = UNSET
        if not isinstance(self.parents, Unset):
            parents = self.parents

        aliases: list[str] | Unset = UNSET
        if not isinstance(self.aliases, Unset):
            aliases = self.aliases

        categories: list[str] | Unset = UNSET
        if not isinstance(self.categories, Unset):
            categories = self.categories

        instances: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.instances, Unset):
            instances = []
            for instances_item_data in self.instances:
                instances_item = instances_item_data.to_dict()
                instances.append(instances_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "confidence": confidence,
            }
        )
        if parents is not UNSET:
            field_dict["parents"] = parents
        if aliases is not UNSET:
            field_dict["aliases"] = aliases
        if categories is not UNSET:
            field_dict["categories"] = categories
        if instances is not UNSET:
            field_dict["instances"] = instances

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.label_instance import LabelInstance  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        confidence = d.pop("confidence")

        parents = cast(list[str], d.pop("parents", UNSET))

        aliases = cast(list[str], d.pop("aliases", UNSET))

        categories = cast(list[str], d.pop("categories", UNSET))

        _instances = d.pop("instances", UNSET)
        instances: list[LabelInstance] | Unset = UNSET
        if _instances is not UNSET:
            instances = []
            for instances_item_data in _instances:
                instances_item = LabelInstance.from_dict(instances_item_data)

                instances.append(instances_item)

        detected_label = cls(
            name=name,
            confidence=confidence,
            parents=parents,
            aliases=aliases,
            categories=categories,
            instances=instances,
        )

        detected_label.additional_properties = d
        return detected_label

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
