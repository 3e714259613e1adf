import { lazy, Suspense, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, Redirect, useParams } from "wouter";
import { navigate } from "wouter/use-browser-location";
import { useAlbum } from "../api/albums";
import { memberEmail, useMembers } from "../api/members";
import { useLeaveAlbum, useSharedAlbum } from "../api/sharedAlbum";
import type { Album } from "../api/types";
import { Selection } from "../gallery/selection";
import { PublicGrid } from "../public/PublicGrid";
import { isGone, useSharedImage, useSharedImages } from "../public/publicApi";
import { PublicViewer } from "../public/PublicViewer";
import { RemovalBar } from "../selection/RemovalBar";
import { useStore } from "../useStore";
import { ConfirmDialog } from "../ui/ConfirmDialog";
import { EmptyState } from "../ui/EmptyState";
import { Icon } from "../ui/Icon";
import { LoadError } from "../ui/LoadError";
import { PageSpinner } from "../ui/PageSpinner";
import { QueryState } from "../ui/QueryState";
import { showToast } from "../ui/toasts";
import { useDocumentTitle } from "../ui/useDocumentTitle";
import { TitleRow } from "./TitleRow";
import { useRemoval } from "./useRemoval";
import "../gallery/gallery.css";
import "../public/public.css";
import "./albums.css";

const ContributeDialog = lazy(() => import("./ContributeDialog"));

/** The images of another owner's album, or one image that others see in an album. */
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
  if (image) return <SharedAlbumImage album={album} image={image} />;
  if (album.role === "owner") return <Redirect to={`/albums/${id}`} replace />;
  return <SharedAlbumImages album={album} />;
}

function SharedAlbumImage({ album, image }: { album: Album; image: string }) {
  const { t } = useTranslation();
  const shared = useSharedAlbum(album);
  const { images } = useSharedImages(shared);
  const { data } = useSharedImage(shared, image);
  // Only the owner knows the members, and removes their photos.
  const { data: members } = useMembers(album.id, album.role === "owner");
  const contributor = members?.find(({ id }) => id === data?.contributor_id);
  const view = { kind: "album", title: album.title, original: false } as const;
  return (
    <PublicViewer
      shared={shared}
      view={view}
      id={image}
      images={images}
      credit={contributor && t("album.addedBy", { email: memberEmail(contributor) })}
      actions={contributor && <RemoveButton album={album.id} image={image} />}
    />
  );
}

function RemoveButton({ album, image }: { album: string; image: string }) {
  const { t } = useTranslation();
  const removeImages = useRemoval(album);

  function remove() {
    navigate(`/albums/${album}`);
    void removeImages([image]);
  }

  return (
    <button type="button" className="public-button" title={t("album.remove")} aria-label={t("album.remove")} onClick={remove}>
      <Icon name="minus" /> <span className="album-label">{t("album.remove")}</span>
    </button>
  );
}

function SharedAlbumImages({ album }: { album: Album }) {
  const { t } = useTranslation();
  const shared = useSharedAlbum(album);
  const list = useSharedImages(shared);
  const selection = useMemo(() => new Selection(), []);
  const { ids } = useStore(selection.selected);
  const own = useMemo(() => new Set(list.images.filter((each) => each.own).map(({ id }) => id)), [list.images]);
  useEffect(() => selection.retain(own), [own, selection]);
  return (
    <main className="page stack" id="content">
      <Header album={album} own={own} />
      {album.description && <p dir="auto">{album.description}</p>}
      <QueryState query={list} height={320} />
      {list.isSuccess && list.images.length === 0 && !list.hasNextPage && (
        <EmptyState icon="images" title={t("public.empty")} text={t("public.emptyText")} />
      )}
      <PublicGrid
        mark={({ id }, name) =>
          own.has(id) && (
            <button
              type="button"
              className="select-mark"
              aria-pressed={ids.has(id)}
              aria-label={t("gallery.select", { name })}
              title={t("sharedAlbum.own")}
              onClick={() => selection.toggle(id)}
            >
              <Icon name="check" size={16} />
            </button>
          )
        }
        shared={shared}
        images={list.images}
        onEnd={list.hasNextPage && !list.isFetchingNextPage ? () => void list.fetchNextPage() : null}
      />
      <RemovalBar album={album.id} selection={selection} />
    </main>
  );
}

function Header({ album: { id, title, role, sort }, own }: { album: Album; own: ReadonlySet<string> }) {
  const { t } = useTranslation();
  const [adding, setAdding] = useState(false);
  const leave = useLeaveAlbum();
  const [leaving, setLeaving] = useState(false);
  return (
    <TitleRow
      back={{ to: "/albums", text: t("album.all") }}
      title={title}
      details={
        <p className="muted small">
          {role !== "owner" && t(`sharedAlbum.${role}`)} · {t(`arrange.${sort}`)}
        </p>
      }
    >
      {role === "contributor" && (
        <button type="button" className="button primary" aria-label={t("sharedAlbum.add")} onClick={() => setAdding(true)}>
          <Icon name="plus" size={18} /> <span className="album-label">{t("sharedAlbum.add")}</span>
        </button>
      )}
      <button type="button" className="button" onClick={() => setLeaving(true)}>
        {t("sharedAlbum.leave")}
      </button>
      <Suspense>{adding && <ContributeDialog album={id} title={title} added={own} onClose={() => setAdding(false)} />}</Suspense>
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
    </TitleRow>
  );
}
