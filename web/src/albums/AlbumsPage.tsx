import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { navigate } from "wouter/use-browser-location";
import { useAlbumActions, useAlbums } from "../api/albums";
import type { Album } from "../api/types";
import { Thumbnail } from "../gallery/Thumbnail";
import { EmptyState } from "../ui/EmptyState";
import { Icon } from "../ui/Icon";
import { QueryState } from "../ui/QueryState";
import { useDocumentTitle } from "../ui/useDocumentTitle";
import { sharedAlbumPath } from "./sharedAlbumPath";
import { TitleDialog } from "./TitleDialog";
import "../gallery/gallery.css";
import "./albums.css";

export default function AlbumsPage() {
  const { t } = useTranslation();
  const list = useAlbums({ role: "any" });
  const { albums, isPending, isError, hasNextPage, fetchNextPage } = list;
  const [own, shared] = [albums.filter(isOwn), albums.filter((album) => !isOwn(album))];
  const { create } = useAlbumActions();
  const [creating, setCreating] = useState(false);
  const sharedHeading = useId();
  useDocumentTitle(t("nav.albums"));

  return (
    <main className="page" id="content">
      <div className="row albums-header">
        <h1 className="grow">{t("nav.albums")}</h1>
        <button type="button" className="button" onClick={() => setCreating(true)}>
          <Icon name="plus" size={18} /> {t("album.new")}
        </button>
      </div>
      <QueryState query={list} height={240} />
      {!isPending && !isError && albums.length === 0 && !hasNextPage && (
        <EmptyState
          icon="album"
          title={t("album.none")}
          text={t("album.noneText")}
          action={
            <button type="button" className="button primary" onClick={() => setCreating(true)}>
              <Icon name="plus" size={18} /> {t("album.create")}
            </button>
          }
        />
      )}
      <ul className="album-grid">
        {own.map((album) => (
          <AlbumCard key={album.id} album={album} />
        ))}
      </ul>
      {shared.length > 0 && (
        <section className="albums-shared" aria-labelledby={sharedHeading}>
          <h2 id={sharedHeading}>{t("sharedAlbum.withMe")}</h2>
          <ul className="album-grid">
            {shared.map((album) => (
              <AlbumCard key={album.id} album={album} />
            ))}
          </ul>
        </section>
      )}
      {hasNextPage && (
        <button type="button" className="button" onClick={() => void fetchNextPage()}>
          {t("loadMore")}
        </button>
      )}
      {creating && (
        <TitleDialog
          title={t("album.new")}
          submit={t("album.create")}
          onClose={() => setCreating(false)}
          onSubmit={async (title) => {
            const album = await create.mutateAsync({ title, ids: [] });
            navigate(`/albums/${album.id}`);
          }}
        />
      )}
    </main>
  );
}

const isOwn = (album: Album) => album.role === "owner";

function AlbumCard({ album }: { album: Album }) {
  const { t } = useTranslation();
  return (
    <li>
      <Link className="album-card" to={isOwn(album) ? `/albums/${album.id}` : sharedAlbumPath(album.id)}>
        <span className="album-cover">
          {album.cover?.thumbnail ? (
            <Thumbnail image={album.cover} width={280} alt="" />
          ) : (
            <Icon name="album" size={40} />
          )}
        </span>
        <span className="album-title truncate" dir="auto">
          {album.title}
        </span>
        {/* The number of images of a shared album excludes those of its members. */}
        <span className="muted small">
          {album.role === "owner" ? t("photos", { count: album.images }) : t(`sharedAlbum.${album.role}`)}
        </span>
      </Link>
    </li>
  );
}
