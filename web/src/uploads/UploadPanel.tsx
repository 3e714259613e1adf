import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useFormat } from "../i18n/format";
import { useServices } from "../services";
import { useStore } from "../store";
import { useExplainCode } from "../ui/explain";
import { Icon } from "../ui/Icon";
import type { Upload } from "./queue";
import { addUp } from "./total";
import "./uploads.css";

/** How far the uploads are, each and all; there as long as there are any. */
export function UploadPanel() {
  const { t } = useTranslation();
  const format = useFormat();
  const { uploads } = useServices();
  const all = useStore(uploads.uploads);
  const [open, setOpen] = useState(true);
  const total = addUp(all);
  useWarning(total.active > 0);
  if (all.length === 0) return null;

  const summary =
    total.active > 0
      ? t("upload.running", { done: total.done, count: total.files })
      : total.failed > 0
        ? t("upload.someFailed", { count: total.failed })
        : t("upload.finished", { count: total.done });
  return (
    <section className="upload-panel" aria-label={t("upload.progress")}>
      <div className="upload-head">
        <p className="grow cut" role="status">
          {summary}
        </p>
        {total.active > 0 && <span className="muted small">{format.share(total.progress)}</span>}
        <button
          type="button"
          className="button plain icon compact"
          aria-expanded={open}
          aria-label={t(open ? "upload.collapse" : "upload.expand")}
          onClick={() => setOpen(!open)}
        >
          <span className={open ? "" : "turned"}>
            <Icon name="down" size={18} />
          </span>
        </button>
        {total.active === 0 && (
          <button
            type="button"
            className="button plain icon compact"
            aria-label={t("upload.clear")}
            onClick={() => all.forEach(({ id }) => uploads.remove(id))}
          >
            <Icon name="close" size={18} />
          </button>
        )}
      </div>
      {total.active > 0 && (
        <div className="bar" role="progressbar" aria-label={t("upload.progress")} aria-valuenow={Math.round(total.progress * 100)}>
          <span style={{ inlineSize: `${total.progress * 100}%` }} />
        </div>
      )}
      {open && (
        <>
          {total.failed > 1 && (
            <button type="button" className="button compact" onClick={() => uploads.retryAll()}>
              <Icon name="retry" size={16} /> {t("upload.retryAll")}
            </button>
          )}
          {/* Focusable, since it scrolls. */}
          <ul className="upload-list" tabIndex={0} aria-label={t("upload.list")}>
            {all.map((upload) => (
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
  const explainCode = useExplainCode();
  const { id, state, problem, duplicateOf } = upload;
  const words = {
    waiting: t("upload.state.waiting"),
    hashing: t("upload.state.hashing"),
    sending: format.share(upload.progress),
    sent: t("upload.state.sent"),
    duplicate: t("upload.state.duplicate"),
    lost: t("upload.state.lost"),
    failed: explainCode(problem ?? "unknown"),
  }[state];
  return (
    <li className={`upload ${state}`}>
      <div className="upload-row">
        <Mark state={state} />
        <div className="grow">
          <p className="cut small" dir="auto" title={upload.name}>
            {upload.name}
          </p>
          <p className="upload-words">
            {words} · {format.bytes(upload.size)}
          </p>
        </div>
        {state === "sent" && upload.imageId && (
          <Link className="button compact plain" to={`/pictures/${upload.imageId}`}>
            {t("show")}
          </Link>
        )}
        {state === "failed" && problem !== "unsupported_format" && (
          <button type="button" className="button compact" onClick={() => uploads.retry(id)}>
            <Icon name="retry" size={16} /> {t("retry")}
          </button>
        )}
        {state !== "sent" && (
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
        <div className="row upload-choice">
          <Link className="button compact" to={`/pictures/${duplicateOf}`}>
            {t("upload.showDuplicate")}
          </Link>
          <button type="button" className="button compact plain" onClick={() => uploads.uploadAnyway(id)}>
            {t("upload.anyway")}
          </button>
        </div>
      )}
      {state === "sending" && (
        <div className="bar">
          <span style={{ inlineSize: `${upload.progress * 100}%` }} />
        </div>
      )}
    </li>
  );
}

function Mark({ state }: { state: Upload["state"] }) {
  if (state === "sent") return <Icon name="check" />;
  if (state === "duplicate") return <Icon name="pictures" />;
  if (state === "failed" || state === "lost") return <Icon name="warning" />;
  return state === "waiting" ? <Icon name="file" /> : <span className="spinner" />;
}

/** Asks before the page is left while files are on their way. */
function useWarning(active: boolean) {
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
