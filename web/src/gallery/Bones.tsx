import { useTranslation } from "react-i18next";

const WIDTHS = [3, 4, 2, 4, 3, 3, 2, 4, 3, 4];

/** Where pictures will be. */
export function Bones() {
  const { t } = useTranslation();
  return (
    <div className="bone-rows" role="status">
      <span className="hidden-visually">{t("loading")}</span>
      {WIDTHS.map((width, index) => (
        <div key={index} className="bones" style={{ flexGrow: width, flexBasis: width * 50 }} />
      ))}
    </div>
  );
}
