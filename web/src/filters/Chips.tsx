import { useTranslation } from "react-i18next";
import { useFormat } from "../i18n/format";
import { Icon } from "../ui/Icon";
import { EVERYTHING, isNarrow, type Filter } from "./filter";

interface Props {
  filter: Filter;
  onChange: (change: Partial<Filter>) => void;
}

/** What the filter says, each piece to be taken away again. */
export function Chips({ filter, onChange }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  if (!isNarrow(filter) && filter.until === null) return null;
  const drop = (values: string[], value: string) => values.filter((each) => each !== value);
  return (
    <div className="chips" aria-label={t("filter.active")} role="group">
      {filter.text.map((word) => (
        <Chip key={`t${word}`} text={t("filter.textChip", { word })} onRemove={() => onChange({ text: drop(filter.text, word) })} />
      ))}
      {filter.labels.map((name) => (
        <Chip key={`l${name}`} text={name} onRemove={() => onChange({ labels: drop(filter.labels, name) })} />
      ))}
      {filter.without.map((name) => (
        <Chip key={`n${name}`} not text={t("filter.notChip", { name })} onRemove={() => onChange({ without: drop(filter.without, name) })} />
      ))}
      {filter.minConfidence > 0 && filter.labels.length > 0 && (
        <Chip text={`≥ ${format.share(filter.minConfidence / 100)}`} onRemove={() => onChange({ minConfidence: 0 })} />
      )}
      {filter.status && <Chip text={t(`status.${filter.status}`)} onRemove={() => onChange({ status: null })} />}
      {filter.until && (
        <Chip text={t("filter.untilChip", { month: format.month(filter.until) })} onRemove={() => onChange({ until: null })} />
      )}
      <button type="button" className="link small" onClick={() => onChange({ ...EVERYTHING, album: filter.album })}>
        {t("filter.clear")}
      </button>
    </div>
  );
}

function Chip({ text, onRemove, not = false }: { text: string; onRemove: () => void; not?: boolean }) {
  const { t } = useTranslation();
  return (
    <button type="button" className={`chip ${not ? "not" : "on"}`} aria-label={t("filter.remove", { text })} onClick={onRemove}>
      <span className="cut" dir="auto">
        {text}
      </span>
      <Icon name="close" size={14} />
    </button>
  );
}
