import { useId, useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { TIMELINE } from "../api/images";
import type { ImageView } from "../api/types";
import { takenTime } from "../gallery/sort";
import { parseTime } from "../selection/dates";
import { Icon } from "../ui/Icon";
import { useCorrection } from "./useCorrection";

/** A button that opens a form to correct the date of an image. */
export function DateEditor({ image }: { image: ImageView }) {
  const { t } = useTranslation();
  const [editing, setEditing] = useState(false);
  if (editing) return <Editor image={image} onDone={() => setEditing(false)} />;
  return (
    <button type="button" className="button compact" onClick={() => setEditing(true)}>
      <Icon name="edit" size={16} /> {t("capture.correct")}
    </button>
  );
}

function Editor({ image, onDone }: { image: ImageView; onDone: () => void }) {
  const { t } = useTranslation();
  const { save, isPending } = useCorrection(image.id, TIMELINE, onDone);
  const [time, setTime] = useState(takenTime(image).slice(0, 16));
  const field = useId();
  const chosen = parseTime(time);

  return (
    <form
      className="stack date-editor"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        if (chosen) save({ taken_at_override: chosen });
      }}
    >
      <div className="field">
        <label htmlFor={field}>{t("capture.taken")}</label>
        <input id={field} className="input" type="datetime-local" step={1} autoFocus value={time} onChange={(event) => setTime(event.target.value)} />
      </div>
      {image.taken_at_override && (
        <div>
          <button type="button" className="button compact" disabled={isPending} onClick={() => save({ taken_at_override: null })}>
            {t("capture.restore")}
          </button>
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
