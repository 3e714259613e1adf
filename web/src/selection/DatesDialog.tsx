import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { updateImages, type BatchChanges } from "../api/bulk";
import { findInLists } from "../api/images";
import { takenTime } from "../gallery/sort";
import { useFormat } from "../i18n/format";
import { useServices } from "../services";
import { BulkDialog } from "./BulkDialog";
import { formatDuration, parseTime, shiftTime } from "./dates";
import { Modes } from "./Modes";
import { useBulk } from "./useBulk";

type Mode = "shift" | "set" | "restore";

const UNITS = { days: 24 * 60, hours: 60, minutes: 1 } as const;

/** Corrects the dates of many images: moves them, sets one date, or restores the dates of the files. */
export default function DatesDialog({ ids, onClose }: { ids: readonly string[]; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { api, queries } = useServices();
  const { finished, run } = useBulk(onClose);
  const [mode, setMode] = useState<Mode>("shift");
  const [shift, setShift] = useState({ days: 0, hours: 0, minutes: 0 });
  const first = findInLists(queries, ids[0] ?? "");
  const before = first ? takenTime(first).slice(0, 19) : "";
  const [time, setTime] = useState(before.slice(0, 16));
  const field = useId();
  const count = ids.length;
  const minutes = shift.days * UNITS.days + shift.hours * UNITS.hours + shift.minutes;
  const chosen = parseTime(time);

  const changes: Record<Mode, BatchChanges> = {
    shift: { taken_at_shift: formatDuration(minutes) },
    set: { taken_at_override: chosen },
    restore: { taken_at_override: null },
  };
  const isComplete = mode === "shift" ? minutes !== 0 : mode === "restore" || chosen !== null;
  const after = before && isComplete ? { shift: shiftTime(before, minutes), set: chosen, restore: null }[mode] : null;

  function submit() {
    void run(
      (onProgress) => updateImages(api, queries, ids, changes[mode], onProgress),
      (done) => t("bulk.datesDone", { count: done }),
    );
  }

  return (
    <BulkDialog
      title={t("bulk.dates", { count })}
      submit={t("bulk.correct", { count })}
      disabled={!isComplete}
      count={count}
      finished={finished}
      onSubmit={submit}
      onClose={onClose}
    >
      <Modes<Mode>
        label={t("bulk.dates", { count })}
        modes={{ shift: t("bulk.datesShift"), set: t("bulk.datesSet"), restore: t("bulk.datesRestore") }}
        chosen={mode}
        onChoose={setMode}
      />
      {mode === "shift" && (
        <div className="time-shift">
          {(["days", "hours", "minutes"] as const).map((unit) => (
            <div key={unit} className="field">
              <label htmlFor={`${field}${unit}`}>{t(`bulk.${unit}`)}</label>
              <input
                id={`${field}${unit}`}
                className="input"
                type="number"
                step={1}
                value={shift[unit]}
                onChange={(event) => setShift({ ...shift, [unit]: Math.trunc(Number(event.target.value)) || 0 })}
              />
            </div>
          ))}
        </div>
      )}
      {mode === "set" && (
        <div className="field">
          <label htmlFor={`${field}time`}>{t("capture.taken")}</label>
          <input id={`${field}time`} className="input" type="datetime-local" step={1} value={time} onChange={(event) => setTime(event.target.value)} />
        </div>
      )}
      {after && (
        <p className="muted small">
          {t("bulk.datesPreview", { before: format.dateTime(before), after: format.dateTime(after) })}
        </p>
      )}
    </BulkDialog>
  );
}
