import { useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useUsage } from "../api/account";
import { useServices } from "../services";
import { useStore } from "../useStore";
import { EmptyState } from "../ui/EmptyState";
import { Icon } from "../ui/Icon";
import { LoadError } from "../ui/LoadError";
import { useDocumentTitle } from "../ui/useDocumentTitle";
import { DuplicateGroupCard } from "./DuplicateGroupCard";
import { DuplicateFinder } from "./finder";
import "../gallery/gallery.css";
import "./duplicates.css";

/** Groups of near duplicates, of which the best is kept. */
export default function DuplicatesPage() {
  const { t } = useTranslation();
  const { api } = useServices();
  const finder = useMemo(() => new DuplicateFinder(api), [api]);
  const { state, compared, groups, error } = useStore(finder.search);
  const total = Math.max(useUsage().data?.images ?? 0, compared);
  useDocumentTitle(t("nav.duplicates"));
  useEffect(() => () => finder.stop(), [finder]);
  const start = () => void finder.run();
  return (
    <main className="page stack" id="content">
      <div>
        <h1>{t("nav.duplicates")}</h1>
        <p className="muted">{t("nearDuplicates.text")}</p>
      </div>
      {state === "idle" && (
        <EmptyState
          icon="copies"
          title={t("nearDuplicates.start")}
          text={t("nearDuplicates.startText")}
          action={
            <button type="button" className="button primary" onClick={start}>
              <Icon name="search" size={18} /> {t("nearDuplicates.start")}
            </button>
          }
        />
      )}
      {(state === "running" || state === "stopped") && (
        <div className="card duplicate-progress">
          <p role="status">{t("nearDuplicates.progress", { done: compared, count: total })}</p>
          <button type="button" className="button" onClick={state === "running" ? () => finder.stop() : start}>
            {t(state === "running" ? "nearDuplicates.stop" : "nearDuplicates.continue")}
          </button>
          <progress max={Math.max(1, total)} value={compared} aria-label={t("nav.duplicates")} />
        </div>
      )}
      {error !== null && <LoadError error={error} onRetry={start} />}
      {groups.map((group) => (
        <DuplicateGroupCard
          // Another card, with another choice, once an image is added or removed.
          key={group.map(({ id }) => id).join(" ")}
          group={group}
          onDone={(ids) => finder.remove(ids)}
          onUndo={() => finder.restore(group)}
        />
      ))}
      {state === "done" && groups.length === 0 && (
        <EmptyState
          icon="check"
          title={t("nearDuplicates.none")}
          text={t("nearDuplicates.noneText")}
          action={
            <Link className="button primary" to="/">
              {t("notFound.back")}
            </Link>
          }
        />
      )}
    </main>
  );
}
