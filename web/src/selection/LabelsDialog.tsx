import { useId, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { updateImages } from "../api/bulk";
import { findInLists } from "../api/images";
import { useServices } from "../services";
import { Icon } from "../ui/Icon";
import { BulkDialog } from "./BulkDialog";
import { LABEL_PATTERN } from "./labels";
import { useBulk } from "./useBulk";

/** Labels of the selection to offer for removal. */
const MAX_LABELS = 40;

/** Adds labels to many images and removes others. */
export default function LabelsDialog({ ids, onClose }: { ids: readonly string[]; onClose: () => void }) {
  const { t } = useTranslation();
  const { api, queries } = useServices();
  const { finished, run } = useBulk(onClose);
  const [name, setName] = useState("");
  const [added, setAdded] = useState<readonly string[]>([]);
  const [removed, setRemoved] = useState<readonly string[]>([]);
  const field = useId();
  const count = ids.length;
  const present = useMemo(() => countLabels(ids.flatMap((id) => findInLists(queries, id)?.labels ?? [])), [ids, queries]);
  const typed = name.trim();
  const invalid = typed !== "" && !LABEL_PATTERN.test(typed);
  const all = typed && !invalid ? [...new Set([...added, typed])] : added;

  function add() {
    if (invalid || !typed) return;
    setAdded(all);
    setName("");
  }

  function submit() {
    void run(
      (onProgress) => updateImages(api, queries, ids, { add_labels: [...all], remove_labels: [...removed] }, onProgress),
      (done) => t("bulk.labelsDone", { count: done }),
    );
  }

  return (
    <BulkDialog
      title={t("bulk.labels", { count })}
      submit={t("bulk.labelsSubmit", { count })}
      disabled={invalid || all.length + removed.length === 0}
      count={count}
      finished={finished}
      onSubmit={submit}
      onClose={onClose}
    >
      <div className="field">
        <label htmlFor={field}>{t("labels.add")}</label>
        <div className="add-label">
          <input
            id={field}
            className="input"
            dir="auto"
            maxLength={50}
            value={name}
            aria-invalid={invalid}
            autoFocus
            onChange={(event) => setName(event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== "Enter" || !typed) return;
              event.preventDefault();
              add();
            }}
          />
          <button type="button" className="button icon" aria-label={t("labels.add")} disabled={invalid || !typed} onClick={add}>
            <Icon name="plus" />
          </button>
        </div>
        <div className="chip-list">
          {added.map((each) => (
            <button key={each} type="button" className="chip active" aria-label={t("labels.remove", { name: each })} onClick={() => setAdded(added.filter((other) => other !== each))}>
              <Icon name="plus" size={14} /> <span dir="auto">{each}</span> <Icon name="close" size={14} />
            </button>
          ))}
        </div>
      </div>
      {present.length > 0 && (
        <div className="field">
          <span className="label">{t("bulk.labelsRemove")}</span>
          <div className="chip-list label-choices" tabIndex={0} role="group" aria-label={t("bulk.labelsRemove")}>
            {present.slice(0, MAX_LABELS).map(([label, images]) => {
              const isRemoved = removed.includes(label);
              return (
                <button
                  key={label}
                  type="button"
                  className={`chip ${isRemoved ? "excluded" : ""}`}
                  aria-pressed={isRemoved}
                  onClick={() => setRemoved(isRemoved ? removed.filter((other) => other !== label) : [...removed, label])}
                >
                  {isRemoved ? <s dir="auto">{label}</s> : <span dir="auto">{label}</span>} <span className="chip-count">{images}</span>
                </button>
              );
            })}
          </div>
        </div>
      )}
    </BulkDialog>
  );
}

function countLabels(labels: readonly { name: string }[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const { name } of labels) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([, first], [, second]) => second - first);
}
