import { useTranslation } from "react-i18next";
import { useUsage } from "../api/account";
import { useFormat } from "../i18n/format";

interface Props {
  current: string;
  onSelect: (month: string) => void;
}

/** Navigation to the months that have images. */
export function MonthNav({ current, onSelect }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const months = (useUsage().data?.months ?? []).filter((month) => month.images > 0);
  if (months.length === 0) return null;
  return (
    <nav className="month-nav" aria-label={t("gallery.months")}>
      <ul>
        {months.map(({ month }, index) => (
          <li key={month}>
            {month.slice(0, 4) !== months[index - 1]?.month.slice(0, 4) && <p className="year">{month.slice(0, 4)}</p>}
            <button
              type="button"
              aria-current={month === current ? "true" : undefined}
              title={format.month(month)}
              onClick={() => onSelect(month)}
            >
              {format.shortMonth(month)}
              <span className="visually-hidden"> {month.slice(0, 4)}</span>
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}
