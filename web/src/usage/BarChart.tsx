import { useId } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../i18n/format";
import { makeTicks } from "./scale";

interface Props {
  title: string;
  /** Oldest first. */
  bars: readonly { month: string; value: number }[];
  format: (value: number) => string;
  /** Smallest step of the axis: 1 for what is counted. */
  smallestStep?: number;
}

/** Months that fit next to each other on a phone; of more, every second one is labeled there. */
const MAX_LABELS_NARROW = 6;

/** A bar chart by month with an axis from 0, on which no bar is clamped, and a table for screen readers. */
export function BarChart({ title, bars, format: formatValue, smallestStep = 0 }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const id = useId();
  const peak = Math.max(...bars.map((bar) => bar.value), 0);
  const ticks = makeTicks(peak, smallestStep);
  const top = ticks.at(-1)!;
  return (
    <figure className="card chart" aria-labelledby={id}>
      <figcaption id={id} className="row">
        <h2 className="grow">{title}</h2>
        <span className="muted small">{t("usage.peak", { value: formatValue(peak) })}</span>
      </figcaption>
      <div className="chart-plot" aria-hidden="true">
        <div className="chart-axis">
          {ticks.map((tick) => (
            <span key={tick}>{formatValue(tick)}</span>
          ))}
        </div>
        <div className="chart-area">
          <div className="chart-lines">
            {ticks.map((tick) => (
              <span key={tick} />
            ))}
          </div>
          {bars.map(({ month, value }) => (
            <div key={month} className="chart-bar" title={`${format.month(month)}: ${formatValue(value)}`}>
              <span className="chart-bar-fill" style={{ blockSize: `${top > 0 ? (value / top) * 100 : 0}%` }} />
            </div>
          ))}
        </div>
        <div className={`chart-months ${bars.length > MAX_LABELS_NARROW ? "many" : ""}`}>
          {bars.map(({ month }) => (
            <span key={month}>{format.shortMonth(month)}</span>
          ))}
        </div>
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
