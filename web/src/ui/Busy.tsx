import { useTranslation } from "react-i18next";

export function Busy() {
  const { t } = useTranslation();
  return (
    <div className="busy" role="status">
      <span className="spinner" />
      <span className="hidden-visually">{t("loading")}</span>
    </div>
  );
}
