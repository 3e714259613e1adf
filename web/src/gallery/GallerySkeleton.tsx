import { useTranslation } from "react-i18next";

const WIDTHS = [3, 4, 2, 4, 3, 3, 2, 4, 3, 4];

/** Placeholder for a gallery that is loading. */
export function GallerySkeleton() {
  const { t } = useTranslation();
  return (
    <div className="skeleton-rows" role="status">
      <span className="visually-hidden">{t("loading")}</span>
      {WIDTHS.map((width, index) => (
        <div key={index} className="skeleton" style={{ flexGrow: width, flexBasis: width * 50 }} />
      ))}
    </div>
  );
}
