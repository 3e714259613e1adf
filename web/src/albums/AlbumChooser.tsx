import { useId, useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useAlbumActions, useAlbums } from "../api/albums";
import { Dialog } from "../ui/Dialog";
import { useErrorMessage } from "../ui/errorMessages";
import { Icon } from "../ui/Icon";
import { showToast } from "../ui/toasts";
import "./albums.css";

interface Props {
  ids: string[];
  onClose: () => void;
  onDone: () => void;
}

/** Adds images to an existing or a new album. */
export default function AlbumChooser({ ids, onClose, onDone }: Props) {
  const { t } = useTranslation();
  const describeError = useErrorMessage();
  const { albums: all, hasNextPage, fetchNextPage } = useAlbums({ role: "any" });
  const albums = all.filter(({ role }) => role !== "viewer");
  const { create, addImages } = useAlbumActions();
  const [title, setTitle] = useState("");
  const field = useId();
  const count = ids.length;
  const callbacks = (name: string) => ({
    onSuccess: () => {
      showToast({ text: t("album.added", { count, title: name }) });
      onDone();
    },
    onError: (error: unknown) => void showToast({ tone: "danger", text: describeError(error) }),
  });

  function createAlbum(event: FormEvent) {
    event.preventDefault();
    const name = title.trim();
    if (name) create.mutate({ title: name, ids }, callbacks(name));
  }

  const busy = create.isPending || addImages.isPending;
  return (
    <Dialog title={t("bulk.addToAlbum", { count })} onClose={onClose}>
      <form className="field" onSubmit={createAlbum}>
        <label htmlFor={field}>{t("album.new")}</label>
        <div className="row">
          <input
            id={field}
            className="input grow"
            maxLength={200}
            placeholder={t("album.title")}
            value={title}
            onChange={(event) => setTitle(event.target.value)}
          />
          <button type="submit" className="button primary" disabled={busy || !title.trim()}>
            {t("album.create")}
          </button>
        </div>
      </form>
      {albums.length > 0 && (
        <ul className="album-choices" tabIndex={0} aria-label={t("nav.albums")}>
          {albums.map((album) => (
            <li key={album.id}>
              <button
                type="button"
                className="album-choice"
                disabled={busy}
                onClick={() => addImages.mutate({ id: album.id, ids }, callbacks(album.title))}
              >
                <Icon name="album" />
                <span className="grow truncate" dir="auto">
                  {album.title}
                </span>
                <span className="muted small">
                  {album.role === "owner" ? t("photos", { count: album.images }) : t("sharedAlbum.withMe")}
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {hasNextPage && (
        <button type="button" className="button" onClick={() => void fetchNextPage()}>
          {t("loadMore")}
        </button>
      )}
    </Dialog>
  );
}
