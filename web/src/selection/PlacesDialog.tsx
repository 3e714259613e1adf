import { useState } from "react";
import { useTranslation } from "react-i18next";
import { updateImages, type BatchChanges } from "../api/bulk";
import { findInLists } from "../api/images";
import { PlaceField } from "../map/PlaceField";
import { formatPosition, NO_POSITION, parsePosition } from "../map/positionText";
import { useServices } from "../services";
import { BulkDialog } from "./BulkDialog";
import { Modes } from "./Modes";
import { useBulk } from "./useBulk";

type Mode = "set" | "remove" | "restore";

/** Corrects the places of many images: sets one place, removes them, or restores the places of the files. */
export default function PlacesDialog({ ids, onClose }: { ids: readonly string[]; onClose: () => void }) {
  const { t } = useTranslation();
  const { api, queries } = useServices();
  const { finished, run } = useBulk(onClose);
  const [mode, setMode] = useState<Mode>("set");
  const place = findInLists(queries, ids[0] ?? "")?.place;
  const [text, setText] = useState(place ? formatPosition(place) : "");
  const chosen = parsePosition(text);
  const count = ids.length;
  const changes: Record<Mode, BatchChanges> = {
    set: { position_override: chosen },
    remove: { position_override: NO_POSITION },
    restore: { position_override: null },
  };

  function submit() {
    void run(
      (onProgress) => updateImages(api, queries, ids, changes[mode], onProgress),
      (done) => t("bulk.placesDone", { count: done }),
    );
  }

  return (
    <BulkDialog
      title={t("bulk.places", { count })}
      submit={t("bulk.correct", { count })}
      disabled={mode === "set" && chosen === null}
      count={count}
      finished={finished}
      onSubmit={submit}
      onClose={onClose}
    >
      <Modes<Mode>
        label={t("bulk.places", { count })}
        modes={{ set: t("bulk.placesSet"), remove: t("bulk.placesRemove"), restore: t("bulk.placesRestore") }}
        chosen={mode}
        onChoose={setMode}
      />
      {mode === "set" && <PlaceField value={text} onValue={setText} />}
    </BulkDialog>
  );
}
