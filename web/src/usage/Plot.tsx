import { useId } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../i18n/format";

interface Props {
  title: string;
  /** Oldest first. */
  bars: readonly { month: string; value: number }[];
  write: (value: number) => string;
}

/** A bar for each month; who cannot see it reads a table of the same. */
export function Plot({ title, bars, write }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const id = useId();
  const most = Math.max(...bars.map((bar) => bar.value), 0);
  return (
    <figure className="card plot" aria-labelledby={id}>
      <figcaption id={id} className="row">
        <h2 className="grow">{title}</h2>
        <span className="muted small">{t("usage.most", { value: write(most) })}</span>
      </figcaption>
      <div className="plot-bars" aria-hidden="true">
        {bars.map(({ month, value }) => (
          <div key={month} className="plot-bar" title={`${format.month(month)}: ${write(value)}`}>
            <span className="plot-value">{write(value)}</span>
            <span className="plot-ink" style={{ blockSize: `${most > 0 ? (value / most) * 100 : 0}%` }} />
            <span className="plot-month">{format.shortMonth(month)}</span>
          </div>
        ))}
      </div>
      <table className="hidden-visually">
        <caption>{title}</caption>
        <tbody>
          {bars.map(({ month, value }) => (
            <tr key={month}>
              <th scope="row">{format.month(month)}</th>
              <td>{write(value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}
