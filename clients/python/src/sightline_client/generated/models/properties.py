from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast

if TYPE_CHECKING:
    from ..models.colour import Colour
    from ..models.quality import Quality


T = TypeVar("T", bound="Properties")


@_attrs_define
class Properties:
    """How the picture looks, as a whole and apart.

    Attributes:
        quality (Quality): Each 0 to 100; None where it was not measured for this part of the picture.
        colours (list[Colour] | Unset):
        foreground (None | Quality | Unset):
        foreground_colours (list[Colour] | Unset):
        background (None | Quality | Unset):
        background_colours (list[Colour] | Unset):
    """

    quality: Quality
    colours: list[Colour] | Unset = UNSET
    foreground: None | Quality | Unset = UNSET
    foreground_colours: list[Colour] | Unset = UNSET
    background: None | Quality | Unset = UNSET
    background_colours: list[Colour] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.colour import Colour  # noqa: PLC0415
        from ..models.quality import Quality  # noqa: PLC0415

        quality = self.quality.to_dict()

        colours: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.colours, Unset):
            colours = []
            for colours_item_data in self.colours:
                colours_item = colours_item_data.to_dict()
                colours.append(colours_item)

        foreground: dict[str, Any] | None | Unset
        if isinstance(self.foreground, Unset):
            foreground = UNSET
        elif isinstance(self.foreground, Quality):
            foreground = self.foreground.to_dict()
        else:
            foreground = self.foreground

        foreground_colours: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.foreground_colours, Unset):
            foreground_colours = []
            for foreground_colours_item_data in self.foreground_colours:
                foreground_colours_item = foreground_colours_item_data.to_dict()
                foreground_colours.append(foreground_colours_item)

        background: dict[str, Any] | None | Unset
        if isinstance(self.background, Unset):
            background = UNSET
        elif isinstance(self.background, Quality):
            background = self.background.to_dict()
        else:
            background = self.background

        background_colours: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.background_colours, Unset):
            background_colours = []
            for background_colours_item_data in self.background_colours:
                background_colours_item = background_colours_item_data.to_dict()
                background_colours.append(background_colours_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "quality": quality,
            }
        )
        if colours is not UNSET:
            field_dict["colours"] = colours
        if foreground is not UNSET:
            field_dict["foreground"] = foreground
        if foreground_colours is not UNSET:
            field_dict["foreground_colours"] = foreground_colours
        if background is not UNSET:
            field_dict["background"] = background
        if background_colours is not UNSET:
            field_dict["background_colours"] = background_colours

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.colour import Colour  # noqa: PLC0415
        from ..models.quality import Quality  # noqa: PLC0415

        d = dict(src_dict)
        quality = Quality.from_dict(d.pop("quality"))

        _colours = d.pop("colours", UNSET)
        colours: list[Colour] | Unset = UNSET
        if _colours is not UNSET:
            colours = []
            for colours_item_data in _colours:
                colours_item = Colour.from_dict(colours_item_data)

                colours.append(colours_item)

        def _parse_foreground(data: object) -> None | Quality | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                foreground_type_0 = Quality.from_dict(data)

                return foreground_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Quality | Unset, data)

        foreground = _parse_foreground(d.pop("foreground", UNSET))

        _foreground_colours = d.pop("foreground_colours", UNSET)
        foreground_colours: list[Colour] | Unset = UNSET
        if _foreground_colours is not UNSET:
            foreground_colours = []
            for foreground_colours_item_data in _foreground_colours:
                foreground_colours_item = Colour.from_dict(foreground_colours_item_data)

                foreground_colours.append(foreground_colours_item)

        def _parse_background(data: object) -> None | Quality | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                background_type_0 = Quality.from_dict(data)

                return background_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Quality | Unset, data)

        background = _parse_background(d.pop("background", UNSET))

        _background_colours = d.pop("background_colours", UNSET)
        background_colours: list[Colour] | Unset = UNSET
        if _background_colours is not UNSET:
            background_colours = []
            for background_colours_item_data in _background_colours:
                background_colours_item = Colour.from_dict(background_colours_item_data)

                background_colours.append(background_colours_item)

        properties = cls(
            quality=quality,
            colours=colours,
            foreground=foreground,
            foreground_colours=foreground_colours,
            background=background,
            background_colours=background_colours,
        )

        properties.additional_properties = d
        return properties

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
