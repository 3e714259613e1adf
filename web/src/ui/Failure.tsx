import { useTranslation } from "react-i18next";
import { Icon } from "./Icon";
import { useExplain } from "./explain";

/** What stands where something could not be read. */
export function Failure({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { t } = useTranslation();
  const explain = useExplain();
  return (
    <div className="empty" role="alert">
      <Icon name="cloudOff" size={40} />
      <h2>{t("failure.title")}</h2>
      <p>{explain(error)}</p>
      <button type="button" className="button" onClick={onRetry}>
        <Icon name="retry" /> {t("retry")}
      </button>
    </div>
  );
}
