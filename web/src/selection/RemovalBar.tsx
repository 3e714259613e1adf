import { useTranslation } from "react-i18next";
import { useRemoval } from "../albums/useRemoval";
import type { Selection } from "../gallery/selection";
import { useStore } from "../store";
import { Icon } from "../ui/Icon";
import { SelectionToolbar } from "./SelectionToolbar";

/** Removes the selected photos from an album: all that can be done with photos of others. */
export function RemovalBar({ album, selection }: { album: string; selection: Selection }) {
  const { t } = useTranslation();
  const { ids } = useStore(selection.selected);
  const removeImages = useRemoval(album);
  const text = t("bulk.removeFromAlbum", { count: ids.size });

  function remove() {
    void removeImages([...ids]);
    selection.clear();
  }

  return (
    <SelectionToolbar selection={selection}>
      <button type="button" className="button plain" aria-label={text} onClick={remove}>
        <Icon name="minus" size={18} /> <span className="album-label">{text}</span>
      </button>
    </SelectionToolbar>
  );
}
