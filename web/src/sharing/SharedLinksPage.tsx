import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { Form } from "../account/Form";
import { useAlbum } from "../api/albums";
import { useShareLinkActions, useShareLinks, type ShareLink } from "../api/shareLinks";
import { useImage } from "../api/useImages";
import type { ImageSummary } from "../api/types";
import { Thumbnail } from "../gallery/Thumbnail";
import { useImageName } from "../gallery/useImageName";
import { useFormat } from "../i18n/format";
import { ConfirmDialog } from "../ui/ConfirmDialog";
import { Dialog } from "../ui/Dialog";
import { EmptyState } from "../ui/EmptyState";
import { Icon } from "../ui/Icon";
import { QueryState } from "../ui/QueryState";
import { showToast } from "../ui/toasts";
import { useDocumentTitle } from "../ui/useDocumentTitle";
import { readSettings, toChanges } from "./shareSettings";
import { ShareSettingsFields } from "./ShareSettingsFields";
import "../gallery/gallery.css";
import "./sharing.css";

/** Displayed width of a thumbnail in CSS pixels. */
const THUMBNAIL_WIDTH = 72;

/** The user's share links. */
export default function SharedLinksPage() {
  const { t } = useTranslation();
  const list = useShareLinks();
  const { links, isPending, isError, hasNextPage, fetchNextPage } = list;
  useDocumentTitle(t("nav.shared"));
  return (
    <main className="page stack" id="content">
      <div>
        <h1>{t("nav.shared")}</h1>
        {links.length > 0 && <p className="muted">{t("shared.text")}</p>}
      </div>
      <QueryState query={list} height={200} />
      {!isPending && !isError && links.length === 0 && (
        <EmptyState
          icon="link"
          title={t("shared.none")}
          text={t("shared.noneText")}
          action={
            <Link className="button primary" to="/albums">
              {t("shared.goToAlbums")}
            </Link>
          }
        />
      )}
      {links.length > 0 && (
        <ul className="share-list">
          {links.map((link) =>
            link.album_id ? (
              <AlbumLinkItem key={link.id} link={link} album={link.album_id} />
            ) : (
              <ImageLinkItem key={link.id} link={link} image={link.image_id!} />
            ),
          )}
        </ul>
      )}
      {hasNextPage && (
        <div>
          <button type="button" className="button" onClick={() => void fetchNextPage()}>
            {t("loadMore")}
          </button>
        </div>
      )}
    </main>
  );
}

function AlbumLinkItem({ link, album: id }: { link: ShareLink; album: string }) {
  const { t } = useTranslation();
  const { data: album, isError } = useAlbum(id);
  const name = isError ? t("shared.deletedAlbum") : (album?.title ?? "…");
  return <LinkItem link={link} name={name} to={isError ? null : `/albums/${id}`} cover={album?.cover ?? null} />;
}

function ImageLinkItem({ link, image: id }: { link: ShareLink; image: string }) {
  const { t } = useTranslation();
  const { summary, isError } = useImage(id);
  const name = useImageName(summary ?? { title: "…", labels: [] });
  const shown = isError && !summary ? t("shared.deletedImage") : name;
  return <LinkItem link={link} name={shown} to={summary ? `/photos/${id}` : null} cover={summary} />;
}

interface LinkItemProps {
  link: ShareLink;
  /** Of the image or album. */
  name: string;
  /** Null if it was deleted. */
  to: string | null;
  cover: Pick<ImageSummary, "placeholder" | "thumbnail" | "preview"> | null;
}

function LinkItem({ link, name, to, cover }: LinkItemProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { revoke } = useShareLinkActions();
  const [dialog, setDialog] = useState<"change" | "revoke" | null>(null);
  const isExpired = link.expires_at !== null && new Date(link.expires_at) <= new Date();
  const features = [
    link.has_password && t("shared.hasPassword"),
    link.metadata && t("shared.hasMetadata"),
    link.position && t("shared.hasPosition"),
    link.original && t("shared.hasOriginal"),
  ].filter((each) => each !== false);
  return (
    <li className="card share-item">
      <span className="share-cover">
        {cover?.thumbnail ? (
          <Thumbnail image={cover} width={THUMBNAIL_WIDTH} alt="" />
        ) : (
          <Icon name={link.album_id ? "album" : "images"} size={28} />
        )}
      </span>
      <div className="share-facts">
        <p className="share-name truncate" dir="auto">
          {to ? <Link to={to}>{name}</Link> : name}
        </p>
        <p className="muted small">
          {link.opened > 0 ? t("shared.opened", { count: link.opened }) : t("shared.neverOpened")}
          {link.last_opened_at && `, ${t("shared.lastOpened", { date: format.dateTime(link.last_opened_at) })}`}
        </p>
        <p className={`small ${isExpired ? "share-expired" : "muted"}`}>
          <ExpiryText link={link} /> · <code dir="ltr">/s/{link.prefix}…</code>
        </p>
        {features.length > 0 && (
          <p className="chips">
            {features.map((feature) => (
              <span key={feature} className="chip">
                {feature}
              </span>
            ))}
          </p>
        )}
      </div>
      <div className="share-buttons">
        <button type="button" className="button" aria-label={`${t("shared.change")}: ${name}`} onClick={() => setDialog("change")}>
          {t("shared.change")}
        </button>
        <button type="button" className="button danger" aria-label={`${t("shared.revoke")}: ${name}`} onClick={() => setDialog("revoke")}>
          {t("shared.revoke")}
        </button>
      </div>
      {dialog === "change" && <ChangeDialog link={link} name={name} onClose={() => setDialog(null)} />}
      {dialog === "revoke" && (
        <ConfirmDialog
          title={t("shared.revokeQuestion", { name })}
          confirm={t("shared.revoke")}
          onClose={() => setDialog(null)}
          onConfirm={async () => {
            await revoke.mutateAsync(link.id);
            showToast({ text: t("shared.revoked") });
          }}
        >
          <p>{t("shared.revokeWarning")}</p>
        </ConfirmDialog>
      )}
    </li>
  );
}

function ExpiryText({ link: { expires_at } }: { link: ShareLink }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (expires_at === null) return t("shared.noExpiry");
  const isExpired = new Date(expires_at) <= new Date();
  return t(isExpired ? "shared.expired" : "shared.expires", { date: format.date(expires_at) });
}

function ChangeDialog({ link, name, onClose }: { link: ShareLink; name: string; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { change } = useShareLinkActions();
  const [settings, setSettings] = useState(() => readSettings(link));
  const expiry = link.expires_at === null ? t("share.never") : format.date(link.expires_at);
  return (
    <Dialog title={t("shared.changeTitle", { name })} onClose={onClose}>
      <Form
        submit={t("save")}
        onSubmit={async () => {
          await change.mutateAsync({ id: link.id, body: toChanges(settings) });
          showToast({ text: t("shared.changed") });
          onClose();
        }}
      >
        <ShareSettingsFields settings={settings} onSettings={setSettings} existing={{ expiry, hasPassword: link.has_password }} />
      </Form>
    </Dialog>
  );
}
