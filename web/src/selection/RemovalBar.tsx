import { useTranslation } from "react-i18next";
import { useRemoval } from "../albums/useRemoval";
import type { Selection } from "../gallery/selection";
import { useStore } from "../useStore";
import { Icon } from "../ui/Icon";
import { SelectionToolbar } from "./SelectionToolbar";

interface Props {
  album: string;
  selection: Selection;
  /** Whether photos of others are selected. */
  hasOthers?: boolean;
}

/** Removes the selected photos from an album: all that can be done with photos of others. */
export function RemovalBar({ album, selection, hasOthers = false }: Props) {
  const { t } = useTranslation();
  const { ids } = useStore(selection.selected);
  const removeImages = useRemoval(album);
  const text = t("bulk.removeFromAlbum", { count: ids.size });

  function remove() {
    void removeImages([...ids]);
    selection.clear();
  }

  return (
    <SelectionToolbar selection={selection} note={hasOthers ? t("selection.others") : undefined}>
      <button type="button" className="button plain" aria-label={text} onClick={remove}>
        <Icon name="minus" size={18} /> <span className="album-label">{text}</span>
      </button>
    </SelectionToolbar>
  );
}
