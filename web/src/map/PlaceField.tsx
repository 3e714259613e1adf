import { useId } from "react";
import { useTranslation } from "react-i18next";
import PlaceMap from "./PlaceMap";
import { formatPosition, parsePosition } from "./positionText";

interface Props {
  /** Latitude and longitude as text. */
  value: string;
  onValue: (value: string) => void;
}

/** A field for a position: on a map, or as coordinates. */
export function PlaceField({ value, onValue }: Props) {
  const { t } = useTranslation();
  const field = useId();
  const hint = useId();
  const position = parsePosition(value);
  const isInvalid = value.trim() !== "" && position === null;
  return (
    <>
      <PlaceMap position={position} onPick={(picked) => onValue(formatPosition(picked))} />
      <div className="field">
        <label htmlFor={field}>{t("place.coordinates")}</label>
        <input
          id={field}
          className="input"
          dir="ltr"
          autoFocus
          autoComplete="off"
          placeholder="38.7109, -9.1366"
          value={value}
          aria-invalid={isInvalid}
          aria-describedby={hint}
          onChange={(event) => onValue(event.target.value)}
        />
        <p id={hint} className={`small ${isInvalid ? "place-error" : "muted"}`}>
          {t(isInvalid ? "place.invalid" : "place.hint")}
        </p>
      </div>
    </>
  );
}
