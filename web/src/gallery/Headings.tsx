import type { CSSProperties } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../i18n/format";
import { Icon } from "../ui/Icon";
import type { Layout, PlacedDay, Row } from "./layout";

export interface HeadingActions {
  onSelectDay(ids: readonly string[]): void;
  onSelectMonth(month: string): void;
}

interface MonthProps {
  row: Extract<Row, { kind: "month" }>;
  style: CSSProperties;
  selected: ReadonlySet<string>;
  layout: Layout;
  actions: HeadingActions;
}

/** The heading of a month, with a mark to select all of it. */
export function MonthHeading({ row: { month, count }, style, selected, layout, actions }: MonthProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const name = format.month(month);
  return (
    <div className="month-heading" style={style}>
      <h2>{name}</h2>
      <SelectMark
        pressed={selected.size > 0 && countSelected(layout, month, selected) === count}
        label={t("gallery.selectMonth", { month: name, photos: t("photos", { count }) })}
        onClick={() => actions.onSelectMonth(month)}
      />
    </div>
  );
}

interface DaysProps {
  days: readonly PlacedDay[];
  style: CSSProperties;
  selected: ReadonlySet<string>;
  actions: HeadingActions;
}

/** The headings of the days in a row of images, each with a mark to select the day. */
export function DayHeadings({ days, style, selected, actions }: DaysProps) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className="day-headings" style={style}>
      {days.map(({ day, left, width, ids }) => (
        <div key={day} className="day-heading" style={{ insetInlineStart: left, inlineSize: width }}>
          <h3 className="truncate">{format.day(day)}</h3>
          <SelectMark
            pressed={selected.size > 0 && ids.every((id) => selected.has(id))}
            label={t("gallery.selectDay", { day: format.day(day), photos: t("photos", { count: ids.length }) })}
            onClick={() => actions.onSelectDay(ids)}
          />
        </div>
      ))}
    </div>
  );
}

function SelectMark({ pressed, label, onClick }: { pressed: boolean; label: string; onClick: () => void }) {
  return (
    <button type="button" className="select-mark" aria-pressed={pressed} aria-label={label} title={label} onClick={onClick}>
      <Icon name="check" size={14} />
    </button>
  );
}

function countSelected({ rows }: Layout, month: string, selected: ReadonlySet<string>): number {
  const ids = rows.flatMap((row) => (row.kind === "days" && row.month === month ? row.days.flatMap((day) => day.ids) : []));
  return ids.filter((id) => selected.has(id)).length;
}
