import { useTranslation } from "react-i18next";
import type { TrashedImage } from "../api/trash";
import type { Selection } from "../gallery/selection";
import { Thumbnail } from "../gallery/Thumbnail";
import { useImageName } from "../gallery/useImageName";
import { Icon } from "../ui/Icon";
import { daysUntil } from "./daysUntil";

/** Displayed width of a tile, CSS pixels. */
const TILE_WIDTH = 200;

interface Props {
  item: TrashedImage;
  selected: boolean;
  selection: Selection;
  /** Ids of all tiles, for a range. */
  order: readonly string[];
}

/** An image in the trash. A click selects it; with Shift, all from the last one. */
export function TrashTile({ item: { image, purged_at }, selected, selection, order }: Props) {
  const { t } = useTranslation();
  const name = useImageName(image);
  const days = daysUntil(purged_at, new Date());
  return (
    <li>
      <button
        type="button"
        className="trash-tile"
        aria-pressed={selected}
        title={name}
        onClick={(event) => (event.shiftKey ? selection.extend(image.id, order) : selection.toggle(image.id))}
      >
        <Thumbnail image={image} width={TILE_WIDTH} alt="" />
        <span className="visually-hidden">{t("gallery.select", { name })} </span>
        <span className="trash-check">
          <Icon name="check" size={16} />
        </span>
        <span className={`trash-days ${days <= 3 ? "soon" : ""}`}>
          {days === 0 ? t("trash.lastDay") : t("trash.daysLeft", { count: days })}
        </span>
      </button>
    </li>
  );
}
