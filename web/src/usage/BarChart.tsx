import { useId } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../i18n/format";

interface Props {
  title: string;
  /** Oldest first. */
  bars: readonly { month: string; value: number }[];
  format: (value: number) => string;
}

/** A bar chart by month, with a table for screen readers. */
export function BarChart({ title, bars, format: formatValue }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const id = useId();
  const peak = Math.max(...bars.map((bar) => bar.value), 0);
  return (
    <figure className="card chart" aria-labelledby={id}>
      <figcaption id={id} className="row">
        <h2 className="grow">{title}</h2>
        <span className="muted small">{t("usage.peak", { value: formatValue(peak) })}</span>
      </figcaption>
      <div className="chart-bars" aria-hidden="true">
        {bars.map(({ month, value }) => (
          <div key={month} className="chart-bar" title={`${format.month(month)}: ${formatValue(value)}`}>
            <span className="chart-value">{formatValue(value)}</span>
            <span className="chart-bar-fill" style={{ blockSize: `${peak > 0 ? (value / peak) * 100 : 0}%` }} />
            <span className="chart-month">{format.shortMonth(month)}</span>
          </div>
        ))}
      </div>
      <table className="visually-hidden">
        <caption>{title}</caption>
        <tbody>
          {bars.map(({ month, value }) => (
            <tr key={month}>
              <th scope="row">{format.month(month)}</th>
              <td>{formatValue(value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}
