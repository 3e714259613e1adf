import { useId, useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useUpdateImage, type ImageChanges } from "../api/useImages";
import type { ImageView } from "../api/types";
import { PLACES } from "../map/places";
import PlaceMap from "../map/PlaceMap";
import { formatPosition, parsePosition } from "../map/positionText";
import { useServices } from "../services";
import { useErrorMessage } from "../ui/errorMessages";
import { showToast } from "../ui/toasts";

/** A form that sets, moves or removes the place of a photo, on a map or by coordinates. */
export default function PlaceEditor({ image, onDone }: { image: ImageView; onDone: () => void }) {
  const { t } = useTranslation();
  const { queries } = useServices();
  const describeError = useErrorMessage();
  const update = useUpdateImage(image.id);
  const [text, setText] = useState(image.place ? formatPosition(image.place) : "");
  const field = useId();
  const hint = useId();
  const chosen = parsePosition(text);
  const isInvalid = text.trim() !== "" && chosen === null;

  function save(position_override: NonNullable<ImageChanges["position_override"]> | null) {
    update.mutate(
      { position_override },
      {
        onSuccess: () => {
          void queries.invalidateQueries({ queryKey: [PLACES] });
          onDone();
        },
        onError: (error) => void showToast({ tone: "danger", text: describeError(error) }),
      },
    );
  }

  return (
    <form
      className="stack place-editor"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        if (chosen) save(chosen);
      }}
    >
      <PlaceMap position={chosen} onPick={(position) => setText(formatPosition(position))} />
      <div className="field">
        <label htmlFor={field}>{t("place.coordinates")}</label>
        <input
          id={field}
          className="input"
          dir="ltr"
          autoFocus
          autoComplete="off"
          placeholder="38.7109, -9.1366"
          value={text}
          aria-invalid={isInvalid}
          aria-describedby={hint}
          onChange={(event) => setText(event.target.value)}
        />
        <p id={hint} className={`small ${isInvalid ? "place-error" : "muted"}`}>
          {t(isInvalid ? "place.invalid" : "place.hint")}
        </p>
      </div>
      {(image.place || image.position_override) && (
        <div className="place-actions">
          {image.place && (
            <button type="button" className="button compact" disabled={update.isPending} onClick={() => save({ latitude: null, longitude: null })}>
              {t("place.remove")}
            </button>
          )}
          {image.position_override && (
            <button type="button" className="button compact" disabled={update.isPending} onClick={() => save(null)}>
              {t("place.restore")}
            </button>
          )}
        </div>
      )}
      <div className="dialog-footer">
        <button type="button" className="button compact" onClick={onDone}>
          {t("cancel")}
        </button>
        <button type="submit" className="button compact primary" disabled={update.isPending || chosen === null}>
          {t("save")}
        </button>
      </div>
    </form>
  );
}
