import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useReprocess, type Part } from "../api/pictures";
import { FEATURES, type Feature, type Picture } from "../api/types";
import { useFormat } from "../i18n/format";
import { Dialog } from "../ui/Dialog";
import { useServices } from "../services";
import { useExplain, useExplainCode } from "../ui/explain";
import { Icon } from "../ui/Icon";
import { say } from "../ui/toasts";
import { Section } from "./Details";

const PARTS: readonly Part[] = ["recognition", "renditions"];

/** What happened to a picture, why something failed, and another try. */
export function History({ picture }: { picture: Picture }) {
  const { t } = useTranslation();
  const format = useFormat();
  const explain = useExplain();
  const reprocess = useReprocess(picture.id);
  const [asking, setAsking] = useState(false);
  const ended = picture.status === "ready" || picture.status === "failed";
  const failed = PARTS.filter((part) => picture[part].state === "failed");

  function again(parts: Part[], features?: Feature[]) {
    reprocess.mutate(
      { parts, ...(features ? { features } : {}) },
      {
        onSuccess: () => void say({ text: t("history.again") }),
        onError: (error) => void say({ tone: "bad", text: explain(error) }),
      },
    );
  }

  return (
    <Section title={t("history.title")}>
      <ul className="history">
        <li className="succeeded">
          <span className="dot" />
          <span className="grow">{t("history.announced")}</span>
          <span className="muted small">{format.dateTime(picture.created_at)}</span>
        </li>
        {PARTS.map((part) => (
          <Step key={part} picture={picture} part={part} />
        ))}
      </ul>
      <div className="chips-of">
        {failed.length > 0 && (
          <button type="button" className="button compact primary" disabled={reprocess.isPending} onClick={() => again(failed)}>
            <Icon name="retry" size={16} /> {t("retry")}
          </button>
        )}
        {ended && (
          <button type="button" className="button compact" disabled={reprocess.isPending} onClick={() => setAsking(true)}>
            <Icon name="eye" size={16} /> {t("history.lookAgain")}
          </button>
        )}
      </div>
      {asking && (
        <LookAgain
          picture={picture}
          onClose={() => setAsking(false)}
          onChoose={(features) => {
            setAsking(false);
            again(["recognition"], features);
          }}
        />
      )}
    </Section>
  );
}

function Step({ picture, part }: { picture: Picture; part: Part }) {
  const { t } = useTranslation();
  const format = useFormat();
  const explainCode = useExplainCode();
  const { state, started_at, finished_at, failure } = picture[part];
  const seconds = started_at && finished_at ? (Date.parse(finished_at) - Date.parse(started_at)) / 1000 : null;
  const models = part === "recognition" ? [...new Set(Object.values(picture.recognition.models))].join(", ") : "";
  return (
    <li className={state}>
      <span className="dot" />
      <span className="grow">
        {t(`history.${part}`)}: {t(`state.${state}`)}
        {models && (
          <span className="muted small models" dir="ltr">
            {models}
          </span>
        )}
        {failure && (
          <span className="reason" role="alert">
            {explainCode(failure.code, failure.message)}
          </span>
        )}
      </span>
      {seconds !== null && <span className="muted small">{format.seconds(seconds)}</span>}
    </li>
  );
}

function LookAgain({ picture, onClose, onChoose }: { picture: Picture; onClose: () => void; onChoose: (features: Feature[]) => void }) {
  const { t } = useTranslation();
  const { config } = useServices();
  const offered = FEATURES.filter((feature) => config.features.offered.includes(feature));
  const [features, setFeatures] = useState<readonly Feature[]>(() =>
    offered.filter((feature) => (picture.recognition.profile?.features ?? ["labels"]).includes(feature)),
  );
  return (
    <Dialog title={t("history.lookAgain")} onClose={onClose}>
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
      <div className="dialog-foot">
        <button type="button" className="button" onClick={onClose}>
          {t("cancel")}
        </button>
        <button type="button" className="button primary" disabled={features.length === 0} onClick={() => onChoose([...features])}>
          {t("history.look")}
        </button>
      </div>
    </Dialog>
  );
}
