from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.feature import Feature
from ..types import UNSET, Unset
from typing import cast


T = TypeVar("T", bound="RecognitionProfile")


@_attrs_define
class RecognitionProfile:
    """The requested features, and the limits on their results.

    Attributes:
        features (list[Feature] | Unset):
        min_confidence (float | Unset):  Default: 55.0.
        max_labels (int | Unset):  Default: 20.
    """

    features: list[Feature] | Unset = UNSET
    min_confidence: float | Unset = 55.0
    max_labels: int | Unset = 20
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        features: list[str] | Unset = UNSET
        if not isinstance(self.features, Unset):
            features = []
            for features_item_data in self.features:
                features_item = features_item_data.value
                features.append(features_item)

        min_confidence = self.min_confidence

        max_labels = self.max_labels

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if features is not UNSET:
            field_dict["features"] = features
        if min_confidence is not UNSET:
            field_dict["min_confidence"] = min_confidence
        if max_labels is not UNSET:
            field_dict["max_labels"] = max_labels

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        _features = d.pop("features", UNSET)
        features: list[Feature] | Unset = UNSET
        if _features is not UNSET:
            features = []
            for features_item_data in _features:
                features_item = Feature(features_item_data)

                features.append(features_item)

        min_confidence = d.pop("min_confidence", UNSET)

        max_labels = d.pop("max_labels", UNSET)

        recognition_profile = cls(
            features=features,
            min_confidence=min_confidence,
            max_labels=max_labels,
        )

        recognition_profile.additional_properties = d
        return recognition_profile

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
