import { lazy, Suspense, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { isViewer, useCurrentLocation } from "./router";
import { useServices } from "./services";
import { useStore } from "./useStore";
import { PageSpinner } from "./ui/PageSpinner";
import { Icon } from "./ui/Icon";
import { MoreMenu } from "./MoreMenu";
import { Tab } from "./Tab";
import { lazyPage } from "./ui/lazyPage";
import { useShortcuts } from "./ui/useShortcuts";
import { useScrollRestoration } from "./ui/useScrollRestoration";
import { uploadDialog } from "./uploads/uploadDialog";
import { useFileDrop } from "./uploads/useFileDrop";

// Loaded when first opened.
const UploadPanel = lazy(() => import("./uploads/UploadPanel"));
const UploadDialog = lazyPage(() => import("./uploads/UploadDialog"));
const ShortcutsDialog = lazyPage(() => import("./ui/ShortcutsDialog"));

/** The frame around every page for a signed-in user: header, navigation, uploads and dialogs. */
export default function Shell({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const uploading = useStore(uploadDialog);
  const [helping, setHelping] = useState(false);
  const hasUploads = useStore(useServices().uploads.uploads).length > 0;
  const dragging = useFileDrop();
  const { pathname } = useCurrentLocation();
  useScrollRestoration();
  useShortcuts({ u: () => uploadDialog.set(true), "?": () => setHelping(true) });
  return (
    <>
      <a className="skip-link" href="#content">
        {t("skipToContent")}
      </a>
      <header className="app-header" hidden={isViewer(pathname)}>
        <Link className="brand" to="/" aria-label="Sightline">
          <img src="/icon.svg" alt="" width={28} height={28} />
          <span>Sightline</span>
        </Link>
        <nav className="tabs" aria-label={t("nav.label")}>
          <Tab to="/" icon="images" text={t("nav.photos")} />
          <Tab to="/albums" icon="album" text={t("nav.albums")} />
          <MoreMenu />
        </nav>
        <span className="grow" />
        <LiveIndicator />
        <button type="button" className="button primary" onClick={() => uploadDialog.set(true)}>
          <Icon name="upload" size={18} /> <span className="upload-label">{t("upload.open")}</span>
        </button>
      </header>
      <OfflineBanner />
      <Suspense fallback={<PageSpinner />}>
        {children}
      </Suspense>
      <Suspense>
        {hasUploads && <UploadPanel />}
        {uploading && <UploadDialog onClose={() => uploadDialog.set(false)} />}
        {helping && <ShortcutsDialog onClose={() => setHelping(false)} />}
      </Suspense>
      {dragging && (
        <div className="drop-overlay">
          <Icon name="upload" size={48} />
          {t("upload.drop")}
        </div>
      )}
    </>
  );
}

function LiveIndicator() {
  const { t } = useTranslation();
  const { live } = useServices();
  const state = useStore(live.state);
  if (state !== "open") return null;
  return (
    <span className="live open" title={t("live.hint")}>
      <span className="button-label">{t("live.label")}</span>
    </span>
  );
}

function OfflineBanner() {
  const { t } = useTranslation();
  const { live } = useServices();
  const state = useStore(live.state);
  return (
    <div role="status">
      {state === "offline" && (
        <p className="offline-banner">
          <Icon name="cloudOff" /> {t("live.offline")}
        </p>
      )}
    </div>
  );
}
