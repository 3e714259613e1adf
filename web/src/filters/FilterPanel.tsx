import { useDeferredValue, useEffect, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLabels } from "../api/account";
import type { LabelCount, Status } from "../api/types";
import { useFormat } from "../i18n/format";
import { Icon } from "../ui/Icon";
import { FIRST_DAY, LAST_DAY, parseDay, type Filter } from "./filter";
import "./filters.css";

interface Props {
  filter: Filter;
  onChange: (change: Partial<Filter>) => void;
}

const STATUSES: readonly Status[] = ["ready", "processing", "failed", "awaiting_upload"];

/** Required and excluded labels, minimum confidence, days of capture and status. */
export function FilterPanel({ filter, onChange }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const ids = { search: useId(), confidence: useId(), status: useId() };
  const [prefix, setPrefix] = useState("");
  const labels = useLabels(useDeferredValue(prefix.trim()), 1000);
  const shown = [...(labels.data ?? [])].sort((a, b) => b.images - a.images).slice(0, 60);

  return (
    <div className="filters">
      <div className="field">
        <label htmlFor={ids.search}>{t("filter.labels")}</label>
        <input
          id={ids.search}
          className="input"
          type="search"
          placeholder={t("filter.findLabel")}
          value={prefix}
          onChange={(event) => setPrefix(event.target.value)}
        />
      </div>
      {labels.isLoading && <div className="skeleton" style={{ blockSize: 120 }} />}
      {labels.data?.length === 0 && <p className="muted small">{t("filter.noLabels")}</p>}
      <ul className="label-list" tabIndex={0} aria-label={t("filter.labels")}>
        {shown.map((label) => (
          <LabelRow key={label.name} label={label} filter={filter} onChange={onChange} />
        ))}
      </ul>
      <div className="field">
        <label htmlFor={ids.confidence}>
          {t("filter.confidence")} <output>{format.percent(filter.minConfidence / 100)}</output>
        </label>
        <input
          id={ids.confidence}
          type="range"
          min={0}
          max={99}
          value={filter.minConfidence}
          disabled={filter.labels.length === 0}
          onChange={(event) => onChange({ minConfidence: Number(event.target.value) })}
        />
        {filter.labels.length === 0 && <p className="muted small">{t("filter.confidenceHint")}</p>}
      </div>
      <fieldset className="field filter-days">
        <legend className="label">{t("filter.taken")}</legend>
        <DayField label={t("filter.from")} value={filter.takenFrom} onValue={(takenFrom) => onChange({ takenFrom })} />
        <DayField label={t("filter.until")} value={filter.takenUntil} onValue={(takenUntil) => onChange({ takenUntil })} />
      </fieldset>
      <div className="field">
        <label htmlFor={ids.status}>{t("filter.status")}</label>
        <select
          id={ids.status}
          className="input"
          value={filter.status ?? ""}
          onChange={(event) => onChange({ status: (event.target.value || null) as Status | null })}
        >
          <option value="">{t("filter.anyStatus")}</option>
          {STATUSES.map((status) => (
            <option key={status} value={status}>
              {t(`status.${status}`)}
            </option>
          ))}
        </select>
      </div>
    </div>
  );
}

interface DayFieldProps {
  label: string;
  value: string | null;
  onValue: (value: string | null) => void;
}

function DayField({ label, value, onValue }: DayFieldProps) {
  // While a year is typed, the field has days of the first centuries.
  const [typed, setTyped] = useState(value ?? "");
  useEffect(() => setTyped((before) => (parseDay(before) === value ? before : (value ?? ""))), [value]);
  const id = useId();
  return (
    <div>
      <label className="small" htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        className="input"
        type="date"
        min={FIRST_DAY}
        max={LAST_DAY}
        value={typed}
        onChange={({ target }) => {
          setTyped(target.value);
          const day = parseDay(target.value);
          if (day || !target.value) onValue(day);
        }}
      />
    </div>
  );
}

function LabelRow({ label, filter, onChange }: Props & { label: LabelCount }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { name } = label;
  const required = filter.labels.includes(name);
  const excluded = filter.excludedLabels.includes(name);
  const labels = filter.labels.filter((each) => each !== name);
  const excludedLabels = filter.excludedLabels.filter((each) => each !== name);
  return (
    <li className={`label-row ${required ? "active" : ""} ${excluded ? "excluded" : ""}`}>
      <button
        type="button"
        className="label-name"
        aria-pressed={required}
        onClick={() => onChange({ labels: required ? labels : [...labels, name], excludedLabels })}
      >
        <span className="truncate" dir="auto">
          {name}
        </span>
        <span className="label-count">{format.number(label.images)}</span>
      </button>
      <button
        type="button"
        className="label-exclude"
        aria-pressed={excluded}
        aria-label={t("filter.exclude", { name })}
        title={t("filter.exclude", { name })}
        onClick={() => onChange({ labels, excludedLabels: excluded ? excludedLabels : [...excludedLabels, name] })}
      >
        <Icon name="minus" size={16} />
      </button>
    </li>
  );
}
