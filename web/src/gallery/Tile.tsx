import { memo, type KeyboardEvent, type MouseEvent } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { ImageSummary } from "../api/types";
import { Icon } from "../ui/Icon";
import type { PlacedImage } from "./layout";
import { Thumbnail } from "./Thumbnail";
import { useImageName } from "./useImageName";

export interface TileActions {
  onSelect(placed: PlacedImage, event: MouseEvent | KeyboardEvent): void;
  onFocus(index: number): void;
}

interface Props extends TileActions {
  placed: PlacedImage;
  height: number;
  to: string;
  selected: boolean;
  selecting: boolean;
  /** Only one tile takes part in the tab order. */
  focusable: boolean;
}

export const Tile = memo(function Tile({
  placed,
  height,
  to,
  selected,
  selecting,
  focusable,
  onSelect,
  onFocus,
}: Props) {
  const { t } = useTranslation();
  const { image } = placed;
  const name = useImageName(image);
  return (
    <li
      className={`tile ${selected ? "selected" : ""} ${selecting ? "selecting" : ""}`}
      style={{ insetInlineStart: placed.left, inlineSize: placed.width, blockSize: height }}
    >
      <Link
        to={to}
        // Lets the viewer return with history.back(), which restores the scroll position.
        state={{ fromList: true }}
        tabIndex={focusable ? 0 : -1}
        data-index={placed.index}
        draggable={false}
        onFocus={() => onFocus(placed.index)}
        onClickCapture={(event) => {
          // Runs before the link opens a tab or window because of the modifier key.
          if (selecting || event.shiftKey || event.ctrlKey || event.metaKey) {
            event.preventDefault();
            event.stopPropagation();
            onSelect(placed, event);
          }
        }}
      >
        <Thumbnail image={image} width={placed.width} alt={name} />
        {image.thumbnail === null && <span className="visually-hidden">{name}</span>}
        <TileStatus image={image} />
      </Link>
      <button
        type="button"
        className="select-button"
        tabIndex={focusable ? 0 : -1}
        aria-pressed={selected}
        aria-label={t("gallery.select", { name })}
        onClick={(event) => onSelect(placed, event)}
      >
        <Icon name="check" size={16} />
      </button>
    </li>
  );
});

/** The status of an image that is not ready. */
function TileStatus({ image }: { image: ImageSummary }) {
  const { t } = useTranslation();
  if (image.status === "ready") return null;
  return (
    <span className={`tile-status ${image.status} ${image.thumbnail ? "has-thumbnail" : ""}`}>
      {image.status === "failed" ? <Icon name="warning" size={18} /> : <span className="spinner" />}
      <span className="truncate">{t(`status.${image.status}`)}</span>
    </span>
  );
}
