import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, Redirect, useParams } from "wouter";
import { navigate } from "wouter/use-browser-location";
import { useAlbum } from "../api/albums";
import { useLeaveAlbum, useSharedAlbum } from "../api/sharedAlbum";
import type { Album } from "../api/types";
import { PublicGrid } from "../public/PublicGrid";
import { isGone, useSharedImages } from "../public/publicApi";
import { PublicViewer } from "../public/PublicViewer";
import { ConfirmDialog } from "../ui/ConfirmDialog";
import { EmptyState } from "../ui/EmptyState";
import { Icon } from "../ui/Icon";
import { LoadError } from "../ui/LoadError";
import { PageSpinner } from "../ui/PageSpinner";
import { showToast } from "../ui/toasts";
import { useDocumentTitle } from "../ui/useDocumentTitle";
import "../gallery/gallery.css";
import "../public/public.css";

/** The images of another owner's album: all of them, or one. */
export default function SharedAlbumPage() {
  const { t } = useTranslation();
  const { album: id = "", image } = useParams<{ album: string; image?: string }>();
  const { data: album, isPending, error, refetch } = useAlbum(id);
  useDocumentTitle(album?.title);
  if (isPending) return <PageSpinner />;
  if (!album) {
    return (
      <main className="page" id="content">
        {isGone(error) ? (
          <EmptyState
            icon="album"
            title={t("sharedAlbum.gone")}
            text={t("sharedAlbum.goneText")}
            action={
              <Link className="button primary" to="/albums">
                {t("shared.goToAlbums")}
              </Link>
            }
          />
        ) : (
          <LoadError error={error} onRetry={() => void refetch()} />
        )}
      </main>
    );
  }
  if (album.role === "owner") return <Redirect to={`/albums/${id}`} replace />;
  return <SharedAlbumImages album={album} image={image ?? null} />;
}

function SharedAlbumImages({ album, image }: { album: Album; image: string | null }) {
  const { t } = useTranslation();
  const shared = useSharedAlbum(album.id);
  const list = useSharedImages(shared);
  if (image) {
    const view = { kind: "album", title: album.title, original: false } as const;
    return <PublicViewer shared={shared} view={view} id={image} images={list.images} />;
  }
  return (
    <main className="page stack" id="content">
      <Header album={album} />
      {album.description && <p dir="auto">{album.description}</p>}
      {list.isPending && <div className="skeleton" style={{ blockSize: 320 }} />}
      {list.isError && <LoadError error={list.error} onRetry={() => void list.refetch()} />}
      {list.isSuccess && list.images.length === 0 && !list.hasNextPage && (
        <EmptyState icon="images" title={t("public.empty")} text={t("public.emptyText")} />
      )}
      <PublicGrid
        shared={shared}
        images={list.images}
        onEnd={list.hasNextPage && !list.isFetchingNextPage ? () => void list.fetchNextPage() : null}
      />
    </main>
  );
}

function Header({ album: { id, title, role } }: { album: Album }) {
  const { t } = useTranslation();
  const leave = useLeaveAlbum();
  const [leaving, setLeaving] = useState(false);
  return (
    <div className="row">
      <Link className="button plain icon" to="/albums" aria-label={t("album.all")}>
        <Icon name="back" />
      </Link>
      <div className="grow">
        <h1 className="truncate" dir="auto">
          {title}
        </h1>
        <p className="muted small">{role !== "owner" && t(`sharedAlbum.${role}`)}</p>
      </div>
      <button type="button" className="button" onClick={() => setLeaving(true)}>
        {t("sharedAlbum.leave")}
      </button>
      {leaving && (
        <ConfirmDialog
          title={t("sharedAlbum.leaveQuestion", { title })}
          confirm={t("sharedAlbum.leave")}
          icon="close"
          onClose={() => setLeaving(false)}
          onConfirm={async () => {
            await leave.mutateAsync(id);
            showToast({ text: t("sharedAlbum.left", { title }) });
            navigate("/albums");
          }}
        >
          <p>{t("sharedAlbum.leaveText")}</p>
        </ConfirmDialog>
      )}
    </div>
  );
}
