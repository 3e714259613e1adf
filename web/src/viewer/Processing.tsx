import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useReprocess, type Part } from "../api/useImages";
import { FEATURES, type Feature, type ImageView } from "../api/types";
import { useFormat } from "../i18n/format";
import { Dialog } from "../ui/Dialog";
import { useServices } from "../services";
import { useErrorMessage, useErrorCodeMessage } from "../ui/errorMessages";
import { Icon } from "../ui/Icon";
import { showToast } from "../ui/toasts";
import { History } from "./History";
import { Section } from "./Section";

const PARTS: readonly Part[] = ["recognition", "renditions"];

/** Processing steps of an image, their errors, and actions to retry or analyze again. */
export function Processing({ image }: { image: ImageView }) {
  const { t } = useTranslation();
  const format = useFormat();
  const describeError = useErrorMessage();
  const reprocess = useReprocess(image.id);
  const [choosingFeatures, setChoosingFeatures] = useState(false);
  const finished = image.status === "ready" || image.status === "failed";
  const failed = PARTS.filter((part) => image[part].state === "failed");

  function restart(parts: Part[], features?: Feature[]) {
    reprocess.mutate(
      { parts, ...(features ? { features } : {}) },
      {
        onSuccess: () => void showToast({ text: t("processing.restarted") }),
        onError: (error) => void showToast({ tone: "danger", text: describeError(error) }),
      },
    );
  }

  return (
    <Section title={t("processing.title")}>
      <ul className="processing-steps">
        <li className="succeeded">
          <span className="step-marker" />
          <span className="grow">{t("processing.added")}</span>
          <span className="muted small">{format.dateTime(image.created_at)}</span>
        </li>
        {PARTS.map((part) => (
          <Step key={part} image={image} part={part} />
        ))}
      </ul>
      <div className="chip-list">
        {failed.length > 0 && (
          <button type="button" className="button compact primary" disabled={reprocess.isPending} onClick={() => restart(failed)}>
            <Icon name="retry" size={16} /> {t("retry")}
          </button>
        )}
        {finished && (
          <button type="button" className="button compact" disabled={reprocess.isPending} onClick={() => setChoosingFeatures(true)}>
            <Icon name="eye" size={16} /> {t("processing.analyzeAgain")}
          </button>
        )}
      </div>
      <History key={image.id} image={image} />
      {choosingFeatures && (
        <AnalyzeDialog
          image={image}
          onClose={() => setChoosingFeatures(false)}
          onChoose={(features) => {
            setChoosingFeatures(false);
            restart(["recognition"], features);
          }}
        />
      )}
    </Section>
  );
}

function Step({ image, part }: { image: ImageView; part: Part }) {
  const { t } = useTranslation();
  const format = useFormat();
  const describeCode = useErrorCodeMessage();
  const { state, started_at, finished_at, failure } = image[part];
  const seconds = started_at && finished_at ? (Date.parse(finished_at) - Date.parse(started_at)) / 1000 : null;
  const models = part === "recognition" ? [...new Set(Object.values(image.recognition.models))].join(", ") : "";
  return (
    <li className={state}>
      <span className="step-marker" />
      <span className="grow">
        {t(`processing.${part}`)}: {t(`partState.${state}`)}
        {models && (
          <span className="muted small models" dir="ltr">
            {models}
          </span>
        )}
        {failure && (
          <span className="failure-reason" role="alert">
            {describeCode(failure.code, failure.message)}
          </span>
        )}
      </span>
      {seconds !== null && <span className="muted small">{format.seconds(seconds)}</span>}
    </li>
  );
}

function AnalyzeDialog({ image, onClose, onChoose }: { image: ImageView; onClose: () => void; onChoose: (features: Feature[]) => void }) {
  const { t } = useTranslation();
  const { config } = useServices();
  const offered = FEATURES.filter((feature) => config.features.offered.includes(feature));
  const [features, setFeatures] = useState<readonly Feature[]>(() =>
    offered.filter((feature) => (image.recognition.profile?.features ?? ["labels"]).includes(feature)),
  );
  return (
    <Dialog title={t("processing.analyzeAgain")} onClose={onClose}>
      <p className="muted">{t("features.hint")}</p>
      <div className="stack">
        {offered.map((feature) => (
          <label key={feature} className="check">
            <input
              type="checkbox"
              checked={features.includes(feature)}
              onChange={(event) =>
                setFeatures(offered.filter((each) => (each === feature ? event.target.checked : features.includes(each))))
              }
            />
            {t(`features.${feature}`)}
          </label>
        ))}
      </div>
      <div className="dialog-footer">
        <button type="button" className="button" onClick={onClose}>
          {t("cancel")}
        </button>
        <button type="button" className="button primary" disabled={features.length === 0} onClick={() => onChoose([...features])}>
          {t("processing.analyze")}
        </button>
      </div>
    </Dialog>
  );
}
