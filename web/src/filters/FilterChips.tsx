import { useTranslation } from "react-i18next";
import { useAlbum } from "../api/albums";
import type { Status } from "../api/types";
import { useFormat } from "../i18n/format";
import { Icon } from "../ui/Icon";
import { listConditions, type Condition } from "./conditions";
import { NO_FILTER, type Filter } from "./filter";
import { useScope } from "./scope";

interface Props {
  filter: Filter;
  onChange: (change: Partial<Filter>) => void;
}

/** The active conditions of a filter, each with a button to remove it. */
export default function FilterChips({ filter, onChange }: Props) {
  const { t } = useTranslation();
  const conditions = listConditions(filter, useScope());
  return (
    <div className="chips" aria-label={t("filter.active")} role="group">
      {conditions.map((condition) => (
        <ConditionChip
          key={`${condition.kind} ${condition.value}`}
          condition={condition}
          onRemove={() => onChange(condition.removal)}
        />
      ))}
      <button type="button" className="link small" onClick={() => onChange(NO_FILTER)}>
        {t("filter.clear")}
      </button>
    </div>
  );
}

interface ChipProps {
  condition: Condition;
  onRemove: () => void;
}

export function ConditionChip({ condition, onRemove }: ChipProps) {
  return condition.kind === "album" ? (
    <AlbumChip condition={condition} onRemove={onRemove} />
  ) : (
    <TextChip condition={condition} onRemove={onRemove} />
  );
}

function AlbumChip({ condition, onRemove }: ChipProps) {
  const { t } = useTranslation();
  const { data } = useAlbum(condition.value);
  return <Chip text={t("filter.albumChip", { title: data?.title ?? "…" })} onRemove={onRemove} />;
}

function TextChip({ condition: { kind, value }, onRemove }: ChipProps) {
  const { t } = useTranslation();
  const format = useFormat();
  // At noon on this device's clock, which displays the same day.
  const formatDay = (day: string) => format.date(`${day}T12:00`);
  const texts: Record<Exclude<Condition["kind"], "album">, () => string> = {
    words: () => t("filter.wordsChip", { words: value }),
    text: () => t("filter.textChip", { word: value }),
    label: () => value,
    excluded: () => t("filter.excludeChip", { name: value }),
    confidence: () => `≥ ${format.percent(Number(value) / 100)}`,
    box: () => t("filter.boxChip"),
    status: () => t(`status.${value as Status}`),
    from: () => t("filter.fromChip", { date: formatDay(value) }),
    until: () => t("filter.untilChip", { date: formatDay(value) }),
    favorite: () => t("nav.favorites"),
    archived: () => t("nav.archive"),
  };
  return <Chip text={texts[kind as keyof typeof texts]()} excluded={kind === "excluded"} onRemove={onRemove} />;
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
