import { useTranslation } from "react-i18next";
import type { Visibility } from "./shareSettings";

interface Props {
  /** Whom the fields are about. */
  legend: string;
  visibility: Visibility;
  onChange: (change: Partial<Visibility>) => void;
}

/** Fields for what others get in addition to the images. */
export function VisibilityFields({ legend, visibility, onChange }: Props) {
  const { t } = useTranslation();
  return (
    <fieldset className="field">
      <legend className="label">{legend}</legend>
      <div className="checks">
        {(["metadata", "position", "original"] as const).map((each) => (
          <label key={each} className="check">
            <input
              type="checkbox"
              checked={visibility[each]}
              disabled={each !== "original" && visibility.original}
              onChange={(event) => onChange({ [each]: event.target.checked })}
            />
            <span>
              {t(`share.${each}`)}
              {each === "original" && <span className="muted small share-hint">{t("share.originalHint")}</span>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
