import { useTranslation } from "react-i18next";
import { useFormat } from "../i18n/format";
import { Icon } from "../ui/Icon";
import { NO_FILTER, hasConditions, type Filter } from "./filter";

interface Props {
  filter: Filter;
  onChange: (change: Partial<Filter>) => void;
}

/** The active conditions of a filter, each with a button to remove it. */
export function FilterChips({ filter, onChange }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  if (!hasConditions(filter)) return null;
  const without = (values: string[], value: string) => values.filter((each) => each !== value);
  return (
    <div className="chips" aria-label={t("filter.active")} role="group">
      {filter.text.map((word) => (
        <Chip key={`t${word}`} text={t("filter.textChip", { word })} onRemove={() => onChange({ text: without(filter.text, word) })} />
      ))}
      {filter.labels.map((name) => (
        <Chip key={`l${name}`} text={name} onRemove={() => onChange({ labels: without(filter.labels, name) })} />
      ))}
      {filter.excludedLabels.map((name) => (
        <Chip key={`n${name}`} excluded text={t("filter.excludeChip", { name })} onRemove={() => onChange({ excludedLabels: without(filter.excludedLabels, name) })} />
      ))}
      {filter.minConfidence > 0 && filter.labels.length > 0 && (
        <Chip text={`≥ ${format.percent(filter.minConfidence / 100)}`} onRemove={() => onChange({ minConfidence: 0 })} />
      )}
      {filter.status && <Chip text={t(`status.${filter.status}`)} onRemove={() => onChange({ status: null })} />}
      <button type="button" className="link small" onClick={() => onChange({ ...NO_FILTER, album: filter.album })}>
        {t("filter.clear")}
      </button>
    </div>
  );
}

function Chip({ text, onRemove, excluded = false }: { text: string; onRemove: () => void; excluded?: boolean }) {
  const { t } = useTranslation();
  return (
    <button type="button" className={`chip ${excluded ? "excluded" : "active"}`} aria-label={t("filter.remove", { text })} onClick={onRemove}>
      <span className="truncate" dir="auto">
        {text}
      </span>
      <Icon name="close" size={14} />
    </button>
  );
}
