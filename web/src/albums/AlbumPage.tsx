import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "wouter";
import { navigate } from "wouter/use-browser-location";
import { useAlbum, useAlbumActions } from "../api/albums";
import { Gallery } from "../gallery/Gallery";
import { Dialog } from "../ui/Dialog";
import { useExplain } from "../ui/explain";
import { Failure } from "../ui/Failure";
import { Icon } from "../ui/Icon";
import { say } from "../ui/toasts";
import { useTitle } from "../ui/useTitle";
import { TitleDialog } from "./TitleDialog";
import "./albums.css";

export default function AlbumPage() {
  const { t } = useTranslation();
  const { album: id = "" } = useParams();
  const { data: album, isError, error, refetch } = useAlbum(id);
  useTitle(album?.title);
  if (isError) {
    return (
      <main id="content">
        <Failure error={error} onRetry={() => void refetch()} />
      </main>
    );
  }
  return (
    <Gallery
      album={id}
      head={<Head id={id} title={album?.title ?? ""} count={album?.images ?? null} />}
      empty={
        <div className="empty">
          <Icon name="album" size={48} />
          <h2>{t("album.empty")}</h2>
          <p>{t("album.emptyText")}</p>
        </div>
      }
    />
  );
}

function Head({ id, title, count }: { id: string; title: string; count: number | null }) {
  const { t } = useTranslation();
  const { change } = useAlbumActions();
  const [dialog, setDialog] = useState<"rename" | "remove" | null>(null);
  return (
    <div className="row">
      <Link className="button plain icon" to="/albums" aria-label={t("album.all")}>
        <Icon name="back" />
      </Link>
      <div className="grow">
        <h1 className="cut" dir="auto">
          {title}
        </h1>
        <p className="muted small">{count !== null && t("pictures", { count })}</p>
      </div>
      <button type="button" className="button icon" aria-label={t("album.rename")} title={t("album.rename")} onClick={() => setDialog("rename")}>
        <Icon name="edit" />
      </button>
      <button type="button" className="button icon bad" aria-label={t("album.delete")} title={t("album.delete")} onClick={() => setDialog("remove")}>
        <Icon name="trash" />
      </button>
      {dialog === "rename" && (
        <TitleDialog
          title={t("album.rename")}
          submit={t("save")}
          initial={title}
          onClose={() => setDialog(null)}
          onSubmit={async (chosen) => void (await change.mutateAsync({ id, title: chosen }))}
        />
      )}
      {dialog === "remove" && <Removal id={id} onClose={() => setDialog(null)} />}
    </div>
  );
}

function Removal({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const explain = useExplain();
  const { remove } = useAlbumActions();

  function confirm() {
    remove.mutate(id, {
      onSuccess: () => {
        say({ text: t("album.deleted") });
        navigate("/albums");
      },
      onError: (error) => void say({ tone: "bad", text: explain(error) }),
    });
  }

  return (
    <Dialog title={t("album.delete")} onClose={onClose}>
      <p>{t("album.deleteText")}</p>
      <div className="dialog-foot">
        <button type="button" className="button" onClick={onClose}>
          {t("cancel")}
        </button>
        <button type="button" className="button bad" disabled={remove.isPending} onClick={confirm}>
          <Icon name="trash" size={18} /> {t("album.delete")}
        </button>
      </div>
    </Dialog>
  );
}
