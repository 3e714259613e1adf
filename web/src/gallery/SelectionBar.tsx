import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAlbumActions } from "../api/albums";
import { useStore } from "../store";
import { useErrorMessage } from "../ui/errorMessages";
import { Icon } from "../ui/Icon";
import { showToast } from "../ui/toasts";
import type { Selection } from "./selection";

const AlbumChooser = lazy(() => import("../albums/AlbumChooser"));

interface Props {
  selection: Selection;
  album?: string | undefined;
  /** Whether the dialog that moves the selection to the trash is open. */
  deleting: boolean;
  onDeleting: (deleting: boolean) => void;
}

/** Actions on the selected images. */
export default function SelectionBar({ selection, album, onDeleting }: Props) {
  const { t } = useTranslation();
  const describeError = useErrorMessage();
  const { ids } = useStore(selection.selected);
  const { update, removeImages } = useAlbumActions();
  const [choosing, setChoosing] = useState(false);
  const callbacks = { onError: (error: unknown) => void showToast({ tone: "danger", text: describeError(error) }) };

  function removeFromAlbum() {
    if (!album) return;
    const count = ids.size;
    removeImages.mutate({ id: album, ids: [...ids] }, { ...callbacks, onSuccess: () => void showToast({ text: t("album.removed", { count }) }) });
    selection.clear();
  }

  function setCover() {
    const [cover_id] = ids;
    if (!album || !cover_id) return;
    update.mutate({ id: album, cover_id }, { ...callbacks, onSuccess: () => void showToast({ text: t("album.coverSet") }) });
    selection.clear();
  }

  return (
    <>
      {ids.size > 0 && (
        <div className="selection-bar" role="toolbar" aria-label={t("selection.label")}>
          <button type="button" className="button plain icon" aria-label={t("selection.clear")} onClick={() => selection.clear()}>
            <Icon name="close" />
          </button>
          <p className="grow" role="status">
            {t("selection.count", { count: ids.size })}
          </p>
          <button type="button" className="button plain" onClick={() => setChoosing(true)}>
            <Icon name="album" /> <span className="button-label">{t("album.add")}</span>
          </button>
          {album && ids.size === 1 && (
            <button type="button" className="button plain" onClick={setCover}>
              <Icon name="images" /> <span className="button-label">{t("album.setCover")}</span>
            </button>
          )}
          {album && (
            <button type="button" className="button plain" onClick={removeFromAlbum}>
              <Icon name="minus" /> <span className="button-label">{t("album.remove")}</span>
            </button>
          )}
          <button type="button" className="button plain danger" onClick={() => onDeleting(true)}>
            <Icon name="trash" /> <span className="button-label">{t("delete")}</span>
          </button>
        </div>
      )}
      <Suspense>
        {choosing && (
          <AlbumChooser
            ids={[...ids]}
            onClose={() => setChoosing(false)}
            onDone={() => {
              setChoosing(false);
              selection.clear();
            }}
          />
        )}
      </Suspense>
    </>
  );
}
