import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAlbumActions } from "../api/albums";
import { useStore } from "../store";
import { useExplain } from "../ui/explain";
import { Icon } from "../ui/Icon";
import { say } from "../ui/toasts";
import type { Selection } from "./selection";

const AlbumChooser = lazy(() => import("../albums/AlbumChooser"));

interface Props {
  selection: Selection;
  album?: string | undefined;
  onDelete: () => void;
}

/** What can be done with what is selected. */
export function SelectionBar({ selection, album, onDelete }: Props) {
  const { t } = useTranslation();
  const explain = useExplain();
  const { ids } = useStore(selection.selected);
  const { change, take } = useAlbumActions();
  const [choosing, setChoosing] = useState(false);
  const failed = { onError: (error: unknown) => void say({ tone: "bad", text: explain(error) }) };

  function takeOut() {
    if (!album) return;
    const count = ids.size;
    take.mutate({ id: album, ids: [...ids] }, { ...failed, onSuccess: () => void say({ text: t("album.taken", { count }) }) });
    selection.clear();
  }

  function makeCover() {
    const [cover_id] = ids;
    if (!album || !cover_id) return;
    change.mutate({ id: album, cover_id }, { ...failed, onSuccess: () => void say({ text: t("album.coverChosen") }) });
    selection.clear();
  }

  return (
    <>
      {ids.size > 0 && (
        <div className="selection" role="toolbar" aria-label={t("selection.label")}>
          <button type="button" className="button plain icon" aria-label={t("selection.clear")} onClick={() => selection.clear()}>
            <Icon name="close" />
          </button>
          <p className="grow" role="status">
            {t("selection.count", { count: ids.size })}
          </p>
          <button type="button" className="button plain" onClick={() => setChoosing(true)}>
            <Icon name="album" /> <span className="words">{t("album.add")}</span>
          </button>
          {album && ids.size === 1 && (
            <button type="button" className="button plain" onClick={makeCover}>
              <Icon name="pictures" /> <span className="words">{t("album.makeCover")}</span>
            </button>
          )}
          {album && (
            <button type="button" className="button plain" onClick={takeOut}>
              <Icon name="minus" /> <span className="words">{t("album.take")}</span>
            </button>
          )}
          <button type="button" className="button plain bad" onClick={onDelete}>
            <Icon name="trash" /> <span className="words">{t("delete")}</span>
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
