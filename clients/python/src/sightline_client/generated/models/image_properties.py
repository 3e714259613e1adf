from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from ..types import UNSET, Unset
from typing import cast

if TYPE_CHECKING:
    from ..models.dominant_color import DominantColor
    from ..models.image_quality import ImageQuality


T = TypeVar("T", bound="ImageProperties")


@_attrs_define
class ImageProperties:
    """Quality and colors of the whole image, its foreground and its background.

    Attributes:
        quality (ImageQuality): Measures from 0 to 100; None if not measured for this part of the image.
        colors (list[DominantColor] | Unset):
        foreground (ImageQuality | None | Unset):
        foreground_colors (list[DominantColor] | Unset):
        background (ImageQuality | None | Unset):
        background_colors (list[DominantColor] | Unset):
    """

    quality: ImageQuality
    colors: list[DominantColor] | Unset = UNSET
    foreground: ImageQuality | None | Unset = UNSET
    foreground_colors: list[DominantColor] | Unset = UNSET
    background: ImageQuality | None | Unset = UNSET
    background_colors: list[DominantColor] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.dominant_color import DominantColor  # noqa: PLC0415
        from ..models.image_quality import ImageQuality  # noqa: PLC0415

        quality = self.quality.to_dict()

        colors: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.colors, Unset):
            colors = []
            for colors_item_data in self.colors:
                colors_item = colors_item_data.to_dict()
                colors.append(colors_item)

        foreground: dict[str, Any] | None | Unset
        if isinstance(self.foreground, Unset):
            foreground = UNSET
        elif isinstance(self.foreground, ImageQuality):
            foreground = self.foreground.to_dict()
        else:
            foreground = self.foreground

        foreground_colors: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.foreground_colors, Unset):
            foreground_colors = []
            for foreground_colors_item_data in self.foreground_colors:
                foreground_colors_item = foreground_colors_item_data.to_dict()
                foreground_colors.append(foreground_colors_item)

        background: dict[str, Any] | None | Unset
        if isinstance(self.background, Unset):
            background = UNSET
        elif isinstance(self.background, ImageQuality):
            background = self.background.to_dict()
        else:
            background = self.background

        background_colors: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.background_colors, Unset):
            background_colors = []
            for background_colors_item_data in self.background_colors:
                background_colors_item = background_colors_item_data.to_dict()
                background_colors.append(background_colors_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "quality": quality,
            }
        )
        if colors is not UNSET:
            field_dict["colors"] = colors
        if foreground is not UNSET:
            field_dict["foreground"] = foreground
        if foreground_colors is not UNSET:
            field_dict["foreground_colors"] = foreground_colors
        if background is not UNSET:
            field_dict["background"] = background
        if background_colors is not UNSET:
            field_dict["background_colors"] = background_colors

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.dominant_color import DominantColor  # noqa: PLC0415
        from ..models.image_quality import ImageQuality  # noqa: PLC0415

        d = dict(src_dict)
        quality = ImageQuality.from_dict(d.pop("quality"))

        _colors = d.pop("colors", UNSET)
        colors: list[DominantColor] | Unset = UNSET
        if _colors is not UNSET:
            colors = []
            for colors_item_data in _colors:
                colors_item = DominantColor.from_dict(colors_item_data)

                colors.append(colors_item)

        def _parse_foreground(data: object) -> ImageQuality | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                foreground_type_0 = ImageQuality.from_dict(data)

                return foreground_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ImageQuality | None | Unset, data)

        foreground = _parse_foreground(d.pop("foreground", UNSET))

        _foreground_colors = d.pop("foreground_colors", UNSET)
        foreground_colors: list[DominantColor] | Unset = UNSET
        if _foreground_colors is not UNSET:
            foreground_colors = []
            for foreground_colors_item_data in _foreground_colors:
                foreground_colors_item = DominantColor.from_dict(foreground_colors_item_data)

                foreground_colors.append(foreground_colors_item)

        def _parse_background(data: object) -> ImageQuality | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                background_type_0 = ImageQuality.from_dict(data)

                return background_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ImageQuality | None | Unset, data)

        background = _parse_background(d.pop("background", UNSET))

        _background_colors = d.pop("background_colors", UNSET)
        background_colors: list[DominantColor] | Unset = UNSET
        if _background_colors is not UNSET:
            background_colors = []
            for background_colors_item_data in _background_colors:
                background_colors_item = DominantColor.from_dict(background_colors_item_data)

                background_colors.append(background_colors_item)

        image_properties = cls(
            quality=quality,
            colors=colors,
            foreground=foreground,
            foreground_colors=foreground_colors,
            background=background,
            background_colors=background_colors,
        )

        image_properties.additional_properties = d
        return image_properties

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
