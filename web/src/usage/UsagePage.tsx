import { useTranslation } from "react-i18next";
import { useUsage } from "../api/account";
import type { MonthlyUsage, Usage } from "../api/types";
import { useFormat } from "../i18n/format";
import { LoadError } from "../ui/LoadError";
import { useDocumentTitle } from "../ui/useDocumentTitle";
import { BarChart } from "./BarChart";
import "./usage.css";

/** Months in the charts; missing months before the first are shown as empty. */
const MAX_MONTHS = 12;
const MIN_MONTHS = 6;

export default function UsagePage() {
  const { t } = useTranslation();
  const { data, isError, error, refetch } = useUsage();
  useDocumentTitle(t("nav.usage"));
  return (
    <main className="page stack" id="content">
      <h1>{t("nav.usage")}</h1>
      {isError && !data && <LoadError error={error} onRetry={() => void refetch()} />}
      {!data && !isError && <div className="skeleton" style={{ blockSize: 300 }} />}
      {data && <UsageDetails usage={data} />}
    </main>
  );
}

function UsageDetails({ usage }: { usage: Usage }) {
  const { t } = useTranslation();
  const format = useFormat();
  // Oldest first.
  const months = padMonths(usage.months.slice(0, MAX_MONTHS).toReversed());
  const calls = (month: MonthlyUsage) => Object.values(month.calls).reduce((sum, count) => sum + count, 0);
  const current = usage.months[0];
  return (
    <>
      <ul className="stats">
        <Statistic
          name={t("usage.photos")}
          value={format.number(usage.images)}
          share={usage.max_images ? usage.images / usage.max_images : null}
          limit={usage.max_images ? t("usage.ofLimit", { limit: format.number(usage.max_images) }) : null}
        />
        <Statistic
          name={t("usage.storage")}
          value={format.bytes(usage.bytes)}
          share={usage.max_bytes ? usage.bytes / usage.max_bytes : null}
          limit={usage.max_bytes ? t("usage.ofLimit", { limit: format.bytes(usage.max_bytes) }) : null}
        />
        <Statistic name={t("usage.callsThisMonth")} value={format.number(current ? calls(current) : 0)} share={null} limit={null} />
        <Statistic name={t("usage.costThisMonth")} value={format.dollars(current?.estimated_cost ?? 0)} share={null} limit={null} />
      </ul>
      {months.length > 0 && (
        <div className="charts">
          <BarChart title={t("usage.uploads")} bars={bars(months, (month) => month.images)} format={format.number} smallestStep={1} />
          <BarChart title={t("usage.uploadedBytes")} bars={bars(months, (month) => month.bytes)} format={format.bytes} />
          <BarChart title={t("usage.calls")} bars={bars(months, calls)} format={format.number} smallestStep={1} />
          <BarChart title={t("usage.cost")} bars={bars(months, (month) => month.estimated_cost)} format={format.dollars} />
        </div>
      )}
      {current && <CallsByFeature month={current} />}
      <p className="muted small">{t("usage.note")}</p>
    </>
  );
}

/** Prepend empty months until there are at least `MIN_MONTHS`. The list is oldest first. */
function padMonths(months: readonly MonthlyUsage[]): MonthlyUsage[] {
  const padded = [...months];
  while (padded[0] && padded.length < MIN_MONTHS) {
    const [year, number] = padded[0].month.split("-").map(Number) as [number, number];
    const before = new Date(Date.UTC(year, number - 2, 1)).toISOString().slice(0, 7);
    padded.unshift({ month: before, images: 0, bytes: 0, calls: {}, estimated_cost: 0 });
  }
  return padded;
}

function bars(months: readonly MonthlyUsage[], value: (month: MonthlyUsage) => number) {
  return months.map((month) => ({ month: month.month, value: value(month) }));
}

function Statistic({ name, value, share, limit }: { name: string; value: string; share: number | null; limit: string | null }) {
  return (
    <li className="card stat">
      <p className="muted small">{name}</p>
      <p className="stat-value">{value}</p>
      {share !== null && (
        <>
          <div className="progress-bar">
            <span className={share > 1 ? "over-limit" : ""} style={{ inlineSize: `${Math.min(100, share * 100)}%` }} />
          </div>
          <p className="muted small">{limit}</p>
        </>
      )}
    </li>
  );
}

function CallsByFeature({ month }: { month: MonthlyUsage }) {
  const { t } = useTranslation();
  const format = useFormat();
  const calls = Object.entries(month.calls).sort(([, a], [, b]) => b - a);
  if (calls.length === 0) return null;
  const most = Math.max(...calls.map(([, count]) => count));
  return (
    <section className="card">
      <h2>{t("usage.callsIn", { month: format.month(month.month) })}</h2>
      <ul className="usage-breakdown">
        {calls.map(([feature, count]) => (
          <li key={feature}>
            <span>{t(`features.${feature}` as "features.labels")}</span>
            <span className="progress-bar">
              <span style={{ inlineSize: `${(count / most) * 100}%` }} />
            </span>
            <span className="usage-count">{format.number(count)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
