import { memo, type KeyboardEvent, type MouseEvent } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { Picture } from "../api/types";
import { Icon } from "../ui/Icon";
import type { Place } from "./layout";
import { Thumbnail } from "./Thumbnail";

export interface TileActions {
  onPick(place: Place, event: MouseEvent | KeyboardEvent): void;
  onFocus(index: number): void;
}

interface Props extends TileActions {
  place: Place;
  height: number;
  to: string;
  selected: boolean;
  selecting: boolean;
  /** The one tile that the Tab key comes to. */
  reachable: boolean;
}


export const Tile = memo(function Tile({
  place,
  height,
  to,
  selected,
  selecting,
  reachable,
  onPick,
  onFocus,
}: Props) {
  const { t } = useTranslation();
  const { picture } = place;
  const name = picture.title || picture.labels.slice(0, 3).map((label) => label.name).join(", ") || t("picture.untitled");
  return (
    <li
      className={`tile ${selected ? "selected" : ""} ${selecting ? "selecting" : ""}`}
      style={{ insetInlineStart: place.left, inlineSize: place.width, blockSize: height }}
    >
      <Link
        to={to}
        // The way back is then a step back, to where the list was scrolled to.
        state={{ fromList: true }}
        tabIndex={reachable ? 0 : -1}
        data-index={place.index}
        draggable={false}
        onFocus={() => onFocus(place.index)}
        onClickCapture={(event) => {
          // Before the link is followed; with these keys it would open a tab or a window.
          if (selecting || event.shiftKey || event.ctrlKey || event.metaKey) {
            event.preventDefault();
            event.stopPropagation();
            onPick(place, event);
          }
        }}
      >
        <Thumbnail
          renditions={picture.renditions.items}
          placeholder={picture.placeholder}
          width={place.width}
          alt={name}
        />
        {picture.renditions.items.length === 0 && <span className="hidden-visually">{name}</span>}
        <State picture={picture} />
      </Link>
      <button
        type="button"
        className="pick"
        tabIndex={reachable ? 0 : -1}
        aria-pressed={selected}
        aria-label={t("gallery.select", { name })}
        onClick={(event) => onPick(place, event)}
      >
        <Icon name="check" size={16} />
      </button>
    </li>
  );
});

/** What a picture is waiting for, or why it will not come. */
function State({ picture }: { picture: Picture }) {
  const { t } = useTranslation();
  if (picture.status === "ready") return null;
  const seen = picture.renditions.items.length > 0;
  return (
    <span className={`state ${picture.status} ${seen ? "seen" : ""}`}>
      {picture.status === "failed" ? <Icon name="warning" size={18} /> : <span className="spinner" />}
      <span className="cut">{t(`status.${picture.status}`)}</span>
    </span>
  );
}
