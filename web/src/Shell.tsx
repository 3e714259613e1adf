import { lazy, Suspense, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { usePlace } from "./router";
import { useServices } from "./services";
import { useStore } from "./store";
import { Busy } from "./ui/Busy";
import { Icon, type IconName } from "./ui/Icon";
import { useKeys } from "./ui/useKeys";
import { useScroll } from "./ui/useScroll";
import { UploadPanel } from "./uploads/UploadPanel";
import { useDropped } from "./uploads/useDropped";

// What somebody has to ask for.
const UploadDialog = lazy(() => import("./uploads/UploadDialog"));
const Shortcuts = lazy(() => import("./ui/Shortcuts"));

/** What is around every page of somebody who is signed in. */
export default function Shell({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const [uploading, setUploading] = useState(false);
  const [helping, setHelping] = useState(false);
  const dragging = useDropped();
  useScroll();
  useKeys({ u: () => setUploading(true), "?": () => setHelping(true) });
  return (
    <>
      <a className="skip" href="#content">
        {t("skip")}
      </a>
      <header className="top">
        <Link className="brand" to="/" aria-label="Sightline">
          <img src="/icon.svg" alt="" width={28} height={28} />
          <span>Sightline</span>
        </Link>
        <nav className="tabs" aria-label={t("nav.label")}>
          <Tab to="/" icon="pictures" text={t("nav.pictures")} />
          <Tab to="/albums" icon="album" text={t("nav.albums")} />
          <Tab to="/usage" icon="usage" text={t("nav.usage")} />
          <Tab to="/account" icon="user" text={t("nav.account")} />
        </nav>
        <span className="grow" />
        <LiveMark />
        <button type="button" className="button primary" onClick={() => setUploading(true)}>
          <Icon name="upload" size={18} /> {t("upload.open")}
        </button>
      </header>
      <Away />
      <Suspense fallback={<Busy />}>
        {children}
      </Suspense>
      <UploadPanel />
      <Suspense>
        {uploading && <UploadDialog onClose={() => setUploading(false)} />}
        {helping && <Shortcuts onClose={() => setHelping(false)} />}
      </Suspense>
      {dragging && (
        <div className="dropping">
          <Icon name="upload" size={48} />
          {t("upload.drop")}
        </div>
      )}
    </>
  );
}

function Tab({ to, icon, text }: { to: string; icon: IconName; text: string }) {
  const { pathname } = usePlace();
  const here = pathname === to || (to !== "/" && pathname.startsWith(`${to}/`));
  return (
    <Link className="tab" to={to} aria-current={here ? "page" : undefined}>
      <Icon name={icon} />
      {text}
    </Link>
  );
}

function LiveMark() {
  const { t } = useTranslation();
  const { live } = useServices();
  const state = useStore(live.state);
  if (state !== "open") return null;
  return (
    <span className="live open" title={t("live.title")}>
      <span className="words">{t("live.open")}</span>
    </span>
  );
}

function Away() {
  const { t } = useTranslation();
  const { live } = useServices();
  const state = useStore(live.state);
  return (
    <div role="status">
      {state === "away" && (
        <p className="away">
          <Icon name="cloudOff" /> {t("live.away")}
        </p>
      )}
    </div>
  );
}
