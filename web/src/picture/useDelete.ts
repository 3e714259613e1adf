import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { useServices } from "../services";
import { say } from "../ui/toasts";
import { UNDO } from "./deletions";

/** Deletes pictures after a while in which that can be taken back. */
export function useDelete(): (ids: string[], onUndo?: () => void) => void {
  const { t } = useTranslation();
  const { deletions } = useServices();
  return useCallback(
    (ids, onUndo) => {
      if (ids.length === 0) return;
      const undo = deletions.start(ids);
      const run = () => {
        undo();
        onUndo?.();
      };
      say({ text: t("deletion.done", { count: ids.length }), action: { text: t("undo"), run } }, UNDO);
    },
    [t, deletions],
  );
}
