import { useTranslation } from "react-i18next";
import { useUsage } from "../api/account";
import type { Month, Usage } from "../api/types";
import { useFormat } from "../i18n/format";
import { Failure } from "../ui/Failure";
import { useTitle } from "../ui/useTitle";
import { Plot } from "./Plot";
import "./usage.css";

/** Months that are plotted at most, and at least, of which the first may be empty. */
const MONTHS = 12;
const FEWEST = 6;

export default function UsagePage() {
  const { t } = useTranslation();
  const { data, isError, error, refetch } = useUsage();
  useTitle(t("nav.usage"));
  return (
    <main className="page stack" id="content">
      <h1>{t("nav.usage")}</h1>
      {isError && !data && <Failure error={error} onRetry={() => void refetch()} />}
      {!data && !isError && <div className="bones" style={{ blockSize: 300 }} />}
      {data && <Shown usage={data} />}
    </main>
  );
}

function Shown({ usage }: { usage: Usage }) {
  const { t } = useTranslation();
  const format = useFormat();
  // Oldest first, as time runs.
  const months = fillUp(usage.months.slice(0, MONTHS).toReversed());
  const calls = (month: Month) => Object.values(month.calls).reduce((sum, count) => sum + count, 0);
  const current = usage.months[0];
  return (
    <>
      <ul className="figures">
        <Figure
          name={t("usage.pictures")}
          value={format.number(usage.images)}
          share={usage.max_images ? usage.images / usage.max_images : null}
          of={usage.max_images ? t("usage.of", { most: format.number(usage.max_images) }) : null}
        />
        <Figure
          name={t("usage.bytes")}
          value={format.bytes(usage.bytes)}
          share={usage.max_bytes ? usage.bytes / usage.max_bytes : null}
          of={usage.max_bytes ? t("usage.of", { most: format.bytes(usage.max_bytes) }) : null}
        />
        <Figure name={t("usage.callsNow")} value={format.number(current ? calls(current) : 0)} share={null} of={null} />
        <Figure name={t("usage.costNow")} value={format.dollars(current?.estimated_cost ?? 0)} share={null} of={null} />
      </ul>
      {months.length > 0 && (
        <div className="plots">
          <Plot title={t("usage.uploads")} bars={bars(months, (month) => month.images)} write={format.number} />
          <Plot title={t("usage.uploadedBytes")} bars={bars(months, (month) => month.bytes)} write={format.bytes} />
          <Plot title={t("usage.calls")} bars={bars(months, calls)} write={format.number} />
          <Plot title={t("usage.cost")} bars={bars(months, (month) => month.estimated_cost)} write={format.dollars} />
        </div>
      )}
      {current && <Calls month={current} />}
      <p className="muted small">{t("usage.note")}</p>
    </>
  );
}

/** Oldest first, with empty months before them where there are few. */
function fillUp(months: readonly Month[]): Month[] {
  const filled = [...months];
  while (filled[0] && filled.length < FEWEST) {
    const [year, number] = filled[0].month.split("-").map(Number) as [number, number];
    const before = new Date(Date.UTC(year, number - 2, 1)).toISOString().slice(0, 7);
    filled.unshift({ month: before, images: 0, bytes: 0, calls: {}, estimated_cost: 0 });
  }
  return filled;
}

function bars(months: readonly Month[], value: (month: Month) => number) {
  return months.map((month) => ({ month: month.month, value: value(month) }));
}

function Figure({ name, value, share, of }: { name: string; value: string; share: number | null; of: string | null }) {
  return (
    <li className="card figure">
      <p className="muted small">{name}</p>
      <p className="figure-value">{value}</p>
      {share !== null && (
        <>
          <div className="bar">
            <span style={{ inlineSize: `${Math.min(100, share * 100)}%` }} />
          </div>
          <p className="muted small">{of}</p>
        </>
      )}
    </li>
  );
}

function Calls({ month }: { month: Month }) {
  const { t } = useTranslation();
  const format = useFormat();
  const calls = Object.entries(month.calls).sort(([, a], [, b]) => b - a);
  if (calls.length === 0) return null;
  const most = Math.max(...calls.map(([, count]) => count));
  return (
    <section className="card">
      <h2>{t("usage.byFeature", { month: format.month(month.month) })}</h2>
      <ul className="shares">
        {calls.map(([feature, count]) => (
          <li key={feature}>
            <span>{t(`features.${feature}` as "features.labels")}</span>
            <span className="bar">
              <span style={{ inlineSize: `${(count / most) * 100}%` }} />
            </span>
            <span className="share-count">{format.number(count)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
