import { useTranslation } from "react-i18next";
import { Icon } from "./Icon";
import { useErrorMessage } from "./errorMessages";

/** Shown in place of content that failed to load. */
export function LoadError({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { t } = useTranslation();
  const describeError = useErrorMessage();
  return (
    <div className="empty-state" role="alert">
      <Icon name="cloudOff" size={40} />
      <h2>{t("loadError.title")}</h2>
      <p>{describeError(error)}</p>
      <button type="button" className="button" onClick={onRetry}>
        <Icon name="retry" /> {t("retry")}
      </button>
    </div>
  );
}
