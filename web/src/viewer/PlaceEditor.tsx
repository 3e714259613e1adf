import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import type { ImageView } from "../api/types";
import { PlaceField } from "../map/PlaceField";
import { PLACES } from "../map/places";
import { formatPosition, NO_POSITION, parsePosition } from "../map/positionText";
import { useCorrection } from "./useCorrection";

/** A form that sets, moves or removes the place of a photo, on a map or by coordinates. */
export default function PlaceEditor({ image, onDone }: { image: ImageView; onDone: () => void }) {
  const { t } = useTranslation();
  const { save, isPending } = useCorrection(image.id, PLACES, onDone);
  const [text, setText] = useState(image.place ? formatPosition(image.place) : "");
  const chosen = parsePosition(text);

  return (
    <form
      className="stack place-editor"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        if (chosen) save({ position_override: chosen });
      }}
    >
      <PlaceField value={text} onValue={setText} />
      {(image.place || image.position_override) && (
        <div className="place-actions">
          {image.place && (
            <button type="button" className="button compact" disabled={isPending} onClick={() => save({ position_override: NO_POSITION })}>
              {t("place.remove")}
            </button>
          )}
          {image.position_override && (
            <button type="button" className="button compact" disabled={isPending} onClick={() => save({ position_override: null })}>
              {t("place.restore")}
            </button>
          )}
        </div>
      )}
      <div className="dialog-footer">
        <button type="button" className="button compact" onClick={onDone}>
          {t("cancel")}
        </button>
        <button type="submit" className="button compact primary" disabled={isPending || chosen === null}>
          {t("save")}
        </button>
      </div>
    </form>
  );
}
