import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useFormat } from "../i18n/format";
import { useServices } from "../services";
import { useStore } from "../useStore";
import { useErrorCodeMessage } from "../ui/errorMessages";
import { Icon } from "../ui/Icon";
import type { Upload } from "./queue";
import { sortUploads, summarizeUploads } from "./summary";
import "./uploads.css";

/** Progress of all uploads and of each. */
export default function UploadPanel() {
  const { t } = useTranslation();
  const format = useFormat();
  const { uploads } = useServices();
  const all = useStore(uploads.uploads);
  const [open, setOpen] = useState(true);
  const summary = summarizeUploads(all);
  useLeaveWarning(summary.active > 0);

  const heading =
    summary.active > 0
      ? t("upload.progress", { done: summary.done, count: summary.files })
      : summary.waiting > 0
        ? t("upload.state.waiting")
        : summary.failed > 0
          ? t("upload.failed", { count: summary.failed })
          : summary.uploaded > 0
            ? t("upload.finished", { count: summary.uploaded })
            : t("upload.known", { count: summary.duplicates });
  return (
    <section className="upload-panel" aria-label={t("upload.label")}>
      <div className="upload-header">
        <p className="grow truncate" role="status">
          {heading}
        </p>
        {summary.active > 0 && <span className="muted small">{format.percent(summary.progress)}</span>}
        <button
          type="button"
          className="button plain icon compact"
          aria-expanded={open}
          aria-label={t(open ? "upload.collapse" : "upload.expand")}
          onClick={() => setOpen(!open)}
        >
          <span className={open ? "" : "flipped"}>
            <Icon name="down" size={18} />
          </span>
        </button>
        {summary.active + summary.waiting === 0 && (
          <button
            type="button"
            className="button plain icon compact"
            aria-label={t("upload.close")}
            onClick={() => all.forEach(({ id }) => uploads.remove(id))}
          >
            <Icon name="close" size={18} />
          </button>
        )}
      </div>
      {summary.active > 0 && (
        <div className="progress-bar" role="progressbar" aria-label={t("upload.label")} aria-valuenow={Math.round(summary.progress * 100)}>
          <span style={{ inlineSize: `${summary.progress * 100}%` }} />
        </div>
      )}
      {open && (
        <>
          {summary.failed > 1 && (
            <button type="button" className="button compact" onClick={() => uploads.retryAll()}>
              <Icon name="retry" size={16} /> {t("upload.retryAll")}
            </button>
          )}
          {/* Scrollable, so it must be focusable. */}
          <ul className="upload-list" tabIndex={0} aria-label={t("upload.list")}>
            {sortUploads(all).map((upload) => (
              <Row key={upload.id} upload={upload} />
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function Row({ upload }: { upload: Upload }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { uploads } = useServices();
  const describeCode = useErrorCodeMessage();
  const { id, state, error, duplicateOf } = upload;
  const status = {
    queued: t("upload.state.queued"),
    hashing: t("upload.state.hashing"),
    uploading: format.percent(upload.progress),
    waiting: t("upload.state.waiting"),
    uploaded: t("upload.state.uploaded"),
    duplicate: t("upload.state.duplicate"),
    missing: t("upload.state.missing"),
    failed: describeCode(error ?? "unknown"),
  }[state];
  return (
    <li className={`upload ${state}`}>
      <div className="upload-row">
        <StateIcon state={state} />
        <div className="grow">
          <p className="truncate small" dir="auto" title={upload.name}>
            {upload.name}
          </p>
          <p className="upload-status">
            {status} · {format.bytes(upload.size)}
          </p>
        </div>
        {state === "uploaded" && upload.imageId && (
          <Link className="button compact plain" to={`/photos/${upload.imageId}`}>
            {t("view")}
          </Link>
        )}
        {(state === "waiting" || (state === "failed" && error !== "unsupported_format")) && (
          <button type="button" className="button compact" onClick={() => uploads.retry(id)}>
            <Icon name="retry" size={16} /> {t("retry")}
          </button>
        )}
        {state !== "uploaded" && (
          <button
            type="button"
            className="button plain icon compact"
            aria-label={t("upload.remove", { name: upload.name })}
            onClick={() => uploads.remove(id)}
          >
            <Icon name="close" size={16} />
          </button>
        )}
      </div>
      {state === "duplicate" && duplicateOf && (
        <div className="row upload-actions">
          <Link className="button compact" to={`/photos/${duplicateOf}`}>
            {t("upload.viewDuplicate")}
          </Link>
          <button type="button" className="button compact plain" onClick={() => uploads.uploadAnyway(id)}>
            {t("upload.uploadAnyway")}
          </button>
        </div>
      )}
      {state === "uploading" && (
        <div className="progress-bar">
          <span style={{ inlineSize: `${upload.progress * 100}%` }} />
        </div>
      )}
    </li>
  );
}

function StateIcon({ state }: { state: Upload["state"] }) {
  if (state === "uploaded") return <Icon name="check" />;
  if (state === "duplicate") return <Icon name="images" />;
  if (state === "failed" || state === "missing") return <Icon name="warning" />;
  if (state === "waiting") return <Icon name="cloudOff" />;
  return state === "queued" ? <Icon name="file" /> : <span className="spinner" />;
}

/** Warn before the page is left while uploads are active. */
function useLeaveWarning(active: boolean) {
  const current = useRef(active);
  current.current = active;
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (current.current) event.preventDefault();
    };
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, []);
}
