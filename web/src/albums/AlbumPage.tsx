import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "wouter";
import { navigate } from "wouter/use-browser-location";
import { useAlbum, useAlbumActions } from "../api/albums";
import { Gallery } from "../gallery/Gallery";
import { Dialog } from "../ui/Dialog";
import { useErrorMessage } from "../ui/errorMessages";
import { LoadError } from "../ui/LoadError";
import { Icon } from "../ui/Icon";
import { showToast } from "../ui/toasts";
import { useDocumentTitle } from "../ui/useDocumentTitle";
import { TitleDialog } from "./TitleDialog";
import "./albums.css";

export default function AlbumPage() {
  const { t } = useTranslation();
  const { album: id = "" } = useParams();
  const { data: album, isError, error, refetch } = useAlbum(id);
  useDocumentTitle(album?.title);
  if (isError) {
    return (
      <main id="content">
        <LoadError error={error} onRetry={() => void refetch()} />
      </main>
    );
  }
  return (
    <Gallery
      album={id}
      header={<AlbumHeader id={id} title={album?.title ?? ""} count={album?.images ?? null} />}
      empty={
        <div className="empty-state">
          <Icon name="album" size={48} />
          <h2>{t("album.empty")}</h2>
          <p>{t("album.emptyText")}</p>
        </div>
      }
    />
  );
}

function AlbumHeader({ id, title, count }: { id: string; title: string; count: number | null }) {
  const { t } = useTranslation();
  const { update } = useAlbumActions();
  const [dialog, setDialog] = useState<"rename" | "delete" | null>(null);
  return (
    <div className="row">
      <Link className="button plain icon" to="/albums" aria-label={t("album.all")}>
        <Icon name="back" />
      </Link>
      <div className="grow">
        <h1 className="truncate" dir="auto">
          {title}
        </h1>
        <p className="muted small">{count !== null && t("photos", { count })}</p>
      </div>
      <button type="button" className="button icon" aria-label={t("album.rename")} title={t("album.rename")} onClick={() => setDialog("rename")}>
        <Icon name="edit" />
      </button>
      <button type="button" className="button icon danger" aria-label={t("album.delete")} title={t("album.delete")} onClick={() => setDialog("delete")}>
        <Icon name="trash" />
      </button>
      {dialog === "rename" && (
        <TitleDialog
          title={t("album.rename")}
          submit={t("save")}
          initial={title}
          onClose={() => setDialog(null)}
          onSubmit={async (chosen) => void (await update.mutateAsync({ id, title: chosen }))}
        />
      )}
      {dialog === "delete" && <DeleteAlbumDialog id={id} title={title} onClose={() => setDialog(null)} />}
    </div>
  );
}

function DeleteAlbumDialog({ id, title, onClose }: { id: string; title: string; onClose: () => void }) {
  const { t } = useTranslation();
  const describeError = useErrorMessage();
  const { remove } = useAlbumActions();

  function confirm() {
    remove.mutate(id, {
      onSuccess: () => {
        showToast({ text: t("album.deleted") });
        navigate("/albums");
      },
      onError: (error) => void showToast({ tone: "danger", text: describeError(error) }),
    });
  }

  return (
    <Dialog title={t("album.deleteQuestion", { title })} onClose={onClose}>
      <p>{t("album.deleteText")}</p>
      <div className="dialog-footer">
        <button type="button" className="button" onClick={onClose}>
          {t("cancel")}
        </button>
        <button type="button" className="button danger" disabled={remove.isPending} onClick={confirm}>
          <Icon name="trash" size={18} /> {t("album.delete")}
        </button>
      </div>
    </Dialog>
  );
}
