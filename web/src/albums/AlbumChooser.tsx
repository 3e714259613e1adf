import { useId, useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useAlbumActions, useAlbums } from "../api/albums";
import { Dialog } from "../ui/Dialog";
import { useExplain } from "../ui/explain";
import { Icon } from "../ui/Icon";
import { say } from "../ui/toasts";
import "./albums.css";

interface Props {
  ids: string[];
  onClose: () => void;
  onDone: () => void;
}

/** Puts pictures into an album, an old one or a new one. */
export default function AlbumChooser({ ids, onClose, onDone }: Props) {
  const { t } = useTranslation();
  const explain = useExplain();
  const { albums, hasNextPage, fetchNextPage } = useAlbums();
  const { create, add } = useAlbumActions();
  const [title, setTitle] = useState("");
  const field = useId();
  const count = ids.length;
  const ended = (name: string) => ({
    onSuccess: () => {
      say({ text: t("album.added", { count, title: name }) });
      onDone();
    },
    onError: (error: unknown) => void say({ tone: "bad", text: explain(error) }),
  });

  function createOne(event: FormEvent) {
    event.preventDefault();
    const name = title.trim();
    if (name) create.mutate({ title: name, ids }, ended(name));
  }

  const busy = create.isPending || add.isPending;
  return (
    <Dialog title={t("album.add")} onClose={onClose}>
      <form className="field" onSubmit={createOne}>
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
                onClick={() => add.mutate({ id: album.id, ids }, ended(album.title))}
              >
                <Icon name="album" />
                <span className="grow cut" dir="auto">
                  {album.title}
                </span>
                <span className="muted small">{t("pictures", { count: album.images })}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {hasNextPage && (
        <button type="button" className="button" onClick={() => void fetchNextPage()}>
          {t("more")}
        </button>
      )}
    </Dialog>
  );
}
