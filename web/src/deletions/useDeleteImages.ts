import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { useServices } from "../services";
import { showToast } from "../ui/toasts";

/** Time for which the toast offers to undo; later, images are restored on the page of the trash. */
const UNDO_MILLISECONDS = 8_000;

/** Move images to the trash, with a toast that offers to undo it; `onUndo` runs once they are restored. */
export function useDeleteImages(): (ids: string[], onUndo?: () => void) => void {
  const { t } = useTranslation();
  const { deletions } = useServices();
  return useCallback(
    (ids, onUndo) => {
      if (ids.length === 0) return;
      const undo = deletions.add(ids);
      const run = () => void undo().then((isRestored) => isRestored && onUndo?.());
      showToast({ text: t("deletion.done", { count: ids.length }), action: { text: t("undo"), run } }, UNDO_MILLISECONDS);
    },
    [t, deletions],
  );
}
