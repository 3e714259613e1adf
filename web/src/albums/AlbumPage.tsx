import { Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, Redirect, useParams } from "wouter";
import { navigate } from "wouter/use-browser-location";
import { useAlbum, useAlbumActions } from "../api/albums";
import { Gallery } from "../gallery/Gallery";
import { ConfirmDialog } from "../ui/ConfirmDialog";
import { EmptyState } from "../ui/EmptyState";
import { lazyPage } from "../ui/lazyPage";
import { LoadError } from "../ui/LoadError";
import { Icon } from "../ui/Icon";
import { showToast } from "../ui/toasts";
import { PageSpinner } from "../ui/PageSpinner";
import { useDocumentTitle } from "../ui/useDocumentTitle";
import { sharedAlbumPath } from "./sharedAlbumPath";
import { TitleDialog } from "./TitleDialog";
import { TitleRow } from "./TitleRow";
import "./albums.css";

const ShareDialog = lazyPage(() => import("../sharing/ShareDialog"));

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
  // Its order is that of the list.
  if (!album) return <PageSpinner />;
  if (album.role !== "owner") return <Redirect to={sharedAlbumPath(id)} replace />;
  return (
    <Gallery
      header={<AlbumHeader id={id} title={album.title} count={album.images} />}
      empty={
        <EmptyState
          icon="album"
          title={t("album.empty")}
          text={t("album.emptyText")}
          action={
            <Link className="button primary" to="/">
              {t("notFound.back")}
            </Link>
          }
        />
      }
    />
  );
}

function AlbumHeader({ id, title, count }: { id: string; title: string; count: number }) {
  const { t } = useTranslation();
  const { update } = useAlbumActions();
  const [dialog, setDialog] = useState<"share" | "rename" | "delete" | null>(null);
  return (
    <TitleRow back={{ to: "/albums", text: t("album.all") }} title={title} details={<p className="muted small">{t("photos", { count })}</p>}>
      <button type="button" className="button" aria-label={t("album.share")} onClick={() => setDialog("share")}>
        <Icon name="share" size={18} /> <span className="album-label">{t("album.share")}</span>
      </button>
      {count > 1 && (
        <Link className="button icon" to={`/albums/${id}/arrange`} aria-label={t("album.arrange")} title={t("album.arrange")}>
          <Icon name="move" />
        </Link>
      )}
      <button type="button" className="button icon" aria-label={t("album.rename")} title={t("album.rename")} onClick={() => setDialog("rename")}>
        <Icon name="edit" />
      </button>
      <button type="button" className="button icon danger" aria-label={t("album.delete")} title={t("album.delete")} onClick={() => setDialog("delete")}>
        <Icon name="trash" />
      </button>
      <Suspense>
        {dialog === "share" && <ShareDialog target={{ album_id: id }} name={title} onClose={() => setDialog(null)} />}
      </Suspense>
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
    </TitleRow>
  );
}

function DeleteAlbumDialog({ id, title, onClose }: { id: string; title: string; onClose: () => void }) {
  const { t } = useTranslation();
  const { remove } = useAlbumActions();

  async function confirm() {
    await remove.mutateAsync(id);
    showToast({ text: t("album.deleted") });
    navigate("/albums");
  }

  return (
    <ConfirmDialog title={t("album.deleteQuestion", { title })} confirm={t("album.delete")} onConfirm={confirm} onClose={onClose}>
      <p>{t("album.deleteText")}</p>
    </ConfirmDialog>
  );
}
