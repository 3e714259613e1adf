import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { useServices } from "../services";
import { showToast } from "../ui/toasts";
import { UNDO_MILLISECONDS } from "./deletionQueue";

/** Delete images, with a toast that offers to undo it. */
export function useDeleteImages(): (ids: string[], onUndo?: () => void) => void {
  const { t } = useTranslation();
  const { deletions } = useServices();
  return useCallback(
    (ids, onUndo) => {
      if (ids.length === 0) return;
      const undo = deletions.add(ids);
      const run = () => {
        undo();
        onUndo?.();
      };
      showToast({ text: t("deletion.done", { count: ids.length }), action: { text: t("undo"), run } }, UNDO_MILLISECONDS);
    },
    [t, deletions],
  );
}
