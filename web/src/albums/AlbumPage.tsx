import { Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, Redirect, useParams } from "wouter";
import { navigate } from "wouter/use-browser-location";
import { useAlbum, useAlbumActions } from "../api/albums";
import { useMembers } from "../api/members";
import { hasConditions } from "../filters/filter";
import { useFilter } from "../filters/useFilter";
import { Gallery } from "../gallery/Gallery";
import { ConfirmDialog } from "../ui/ConfirmDialog";
import { EmptyState } from "../ui/EmptyState";
import { lazyPage } from "../ui/lazyPage";
import { LoadError } from "../ui/LoadError";
import { Icon } from "../ui/Icon";
import { showToast } from "../ui/toasts";
import { PageSpinner } from "../ui/PageSpinner";
import { useDocumentTitle } from "../ui/useDocumentTitle";
import { useAlbumContributions } from "./contributions";
import { sharedAlbumPath } from "./sharedAlbumPath";
import { TitleDialog } from "./TitleDialog";
import { TitleRow } from "./TitleRow";
import "./albums.css";

const ShareDialog = lazyPage(() => import("../sharing/ShareDialog"));

export default function AlbumPage() {
  const { t } = useTranslation();
  const { album: id = "" } = useParams();
  const { data: album, isError, error, refetch } = useAlbum(id);
  const [filter] = useFilter();
  const contributions = useAlbumContributions(filter);
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
      contributions={contributions}
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

/** Number of the owner's photos; the API does not count those of members. */
function PhotoCount({ album, count }: { album: string; count: number }) {
  const { t } = useTranslation();
  const [filter] = useFilter();
  const isShared = (useMembers(album).data?.length ?? 0) > 0;
  const isFiltered = hasConditions({ ...filter, album: null });
  return (
    <p className="muted small">
      {t(isShared ? "album.ownPhotos" : "photos", { count })}
      {isShared && isFiltered && ` · ${t("album.ownFiltered")}`}
    </p>
  );
}

function AlbumHeader({ id, title, count }: { id: string; title: string; count: number }) {
  const { t } = useTranslation();
  const { update } = useAlbumActions();
  const [dialog, setDialog] = useState<"share" | "rename" | "delete" | null>(null);
  return (
    <TitleRow back={{ to: "/albums", text: t("album.all") }} title={title} details={<PhotoCount album={id} count={count} />}>
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
