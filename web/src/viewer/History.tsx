import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { useImageHistory } from "../api/useImages";
import type { ImageHistory, ImageView } from "../api/types";
import { useFormat } from "../i18n/format";
import { useErrorCodeMessage, useErrorMessage } from "../ui/errorMessages";
import { listStages, type HistoryStage } from "./historyStages";

/** The stages of an image with their durations. They are fetched on request: few users need them. */
export function History({ image }: { image: ImageView }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const listId = useId();
  return (
    <div className="history">
      <button type="button" className="button compact" aria-expanded={open} aria-controls={listId} onClick={() => setOpen(!open)}>
        {open ? t("history.hide") : t("history.show")}
      </button>
      <div id={listId}>{open && <LoadedHistory image={image} />}</div>
    </div>
  );
}

function LoadedHistory({ image }: { image: ImageView }) {
  const describeError = useErrorMessage();
  const { data, error } = useImageHistory(image);
  if (data) return <HistoryList history={data} />;
  if (error) return <p className="muted small" role="alert">{describeError(error)}</p>;
  return <div className="skeleton history-skeleton" />;
}

export function HistoryList({ history }: { history: ImageHistory }) {
  const { t } = useTranslation();
  return (
    <>
      <ol className="processing-steps">
        {listStages(history.items).map((stage) => (
          <Stage key={`${stage.part} ${stage.stage} ${stage.attempt}`} stage={stage} />
        ))}
      </ol>
      {history.trace_url && (
        <a href={history.trace_url} target="_blank" rel="noreferrer noopener">
          {t("history.trace")}
        </a>
      )}
    </>
  );
}

/** The class of the marker by outcome, as of a part by its state. */
const MARKER = { completed: "succeeded", running: "running", retried: "failed", failed: "failed" } as const;

function Stage({ stage }: { stage: HistoryStage }) {
  const { t } = useTranslation();
  const format = useFormat();
  const describeReason = useReason();
  const duration =
    stage.outcome === "running" ? t("partState.running") : stage.milliseconds === null ? null : format.seconds(stage.milliseconds / 1000);
  const reason = describeReason(stage);
  return (
    <li className={MARKER[stage.outcome]}>
      <span className="step-marker" />
      <span className="grow">
        {useStageName(stage)}
        {reason && <span className="muted small history-reason">{reason}</span>}
      </span>
      {duration !== null && <span className="muted small">{duration}</span>}
    </li>
  );
}

function useStageName({ stage, part, attempt, attempts }: HistoryStage): string {
  const { t } = useTranslation();
  if (stage === "upload" || part === "original") return t("history.upload");
  const name = t(`processing.${part}`);
  if (stage === "queue") return t("history.queue", { part: name });
  return attempts > 1 ? t("history.attempt", { part: name, number: attempt }) : t("history.work", { part: name });
}

/** Reasons of a retry; the other reasons are codes of failures. */
const RETRY_REASONS = ["timeout", "superseded", "interrupted", "temporary_error"] as const;

function useReason() {
  const { t } = useTranslation();
  const describeCode = useErrorCodeMessage();
  return ({ outcome, reason }: HistoryStage): string | null => {
    if (!reason) return null;
    if (outcome === "failed") return describeCode(reason, reason);
    const known = RETRY_REASONS.find((each) => each === reason);
    return t(`history.retried.${known ?? "temporary_error"}`);
  };
}
