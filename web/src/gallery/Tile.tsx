import { memo, type KeyboardEvent, type MouseEvent } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { ImageSummary } from "../api/types";
import { Icon } from "../ui/Icon";
import type { PlacedImage } from "./layout";
import { Thumbnail } from "./Thumbnail";
import { useImageName } from "./useImageName";

export interface TileActions {
  onSelect(id: string, event: MouseEvent | KeyboardEvent): void;
  onFocus(id: string): void;
  onFavorite(id: string, favorite: boolean): void;
}

interface Props {
  placed: PlacedImage;
  height: number;
  to: string;
  selected: boolean;
  selecting: boolean;
  /** Only one tile takes part in the tab order. */
  focusable: boolean;
  actions: TileActions;
}

export const Tile = memo(function Tile({ placed, height, to, selected, selecting, focusable, actions }: Props) {
  const { t } = useTranslation();
  const { image } = placed;
  const { contributor } = image;
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
        data-id={image.id}
        draggable={false}
        onFocus={() => actions.onFocus(image.id)}
        onClickCapture={(event) => {
          // Runs before the link opens a tab or window because of the modifier key.
          if (selecting || event.shiftKey || event.ctrlKey || event.metaKey) {
            event.preventDefault();
            event.stopPropagation();
            actions.onSelect(image.id, event);
          }
        }}
      >
        <Thumbnail image={image} width={placed.width} alt={name} />
        {image.thumbnail === null && <span className="visually-hidden">{name}</span>}
        <TileStatus image={image} />
        {contributor !== undefined && (
          <span className="contributor truncate" dir="auto">
            {contributor}
          </span>
        )}
      </Link>
      <button
        type="button"
        className="select-mark"
        tabIndex={focusable ? 0 : -1}
        aria-pressed={selected}
        aria-label={t("gallery.select", { name })}
        onClick={(event) => actions.onSelect(image.id, event)}
      >
        <Icon name="check" size={16} />
      </button>
      {contributor === undefined && (
        <button
          type="button"
          className={`favorite-mark ${image.favorite ? "on" : ""}`}
          tabIndex={focusable ? 0 : -1}
          aria-pressed={image.favorite === true}
          aria-label={t("gallery.favorite", { name })}
          onClick={() => actions.onFavorite(image.id, !image.favorite)}
        >
          <Icon name={image.favorite ? "heartFilled" : "heart"} size={18} />
        </button>
      )}
    </li>
  );
});

/** The status of an image that is not ready: a spinner, or the error. */
function TileStatus({ image }: { image: ImageSummary }) {
  const { t } = useTranslation();
  if (image.status === "ready") return null;
  const text = t(`status.${image.status}`);
  if (image.status === "failed") {
    return (
      <span className={`tile-status failed ${image.thumbnail ? "has-thumbnail" : ""}`} title={text}>
        <Icon name="warning" size={18} />
        <span className="truncate">{text}</span>
      </span>
    );
  }
  return (
    <span className="tile-status" title={text}>
      <span className="spinner" />
      <span className="visually-hidden">{text}</span>
    </span>
  );
}
