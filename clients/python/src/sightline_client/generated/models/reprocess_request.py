from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..models.feature import Feature
from ..models.reprocess_request_parts_item import ReprocessRequestPartsItem
from ..types import UNSET, Unset
from typing import cast


T = TypeVar("T", bound="ReprocessRequest")


@_attrs_define
class ReprocessRequest:
    """Which parts to process again, and how.

    Attributes:
        parts (list[ReprocessRequestPartsItem] | Unset):
        features (list[Feature] | None | Unset): Features to recognize. Null repeats those of the image.
    """

    parts: list[ReprocessRequestPartsItem] | Unset = UNSET
    features: list[Feature] | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        parts: list[str] | Unset = UNSET
        if not isinstance(self.parts, Unset):
            parts = []
            for parts_item_data in self.parts:
                parts_item = parts_item_data.value
                parts.append(parts_item)

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

        field_dict.update({})
        if parts is not UNSET:
            field_dict["parts"] = parts
        if features is not UNSET:
            field_dict["features"] = features

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        _parts = d.pop("parts", UNSET)
        parts: list[ReprocessRequestPartsItem] | Unset = UNSET
        if _parts is not UNSET:
            parts = []
            for parts_item_data in _parts:
                parts_item = ReprocessRequestPartsItem(parts_item_data)

                parts.append(parts_item)

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

        reprocess_request = cls(
            parts=parts,
            features=features,
        )

        return reprocess_request
