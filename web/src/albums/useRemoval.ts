import { useTranslation } from "react-i18next";
import { useContributions } from "../api/sharedAlbum";
import { useErrorMessage } from "../ui/errorMessages";
import { showToast } from "../ui/toasts";

/** Return a function that removes images from an album and shows the outcome. */
export function useRemoval(album: string): (ids: readonly string[]) => Promise<void> {
  const { t } = useTranslation();
  const describeError = useErrorMessage();
  const { remove } = useContributions(album);
  return async (ids) => {
    try {
      const { done, failed } = await remove.mutateAsync(ids);
      if (done > 0) showToast({ text: t("album.removed", { count: done }) });
      if (failed > 0) showToast({ tone: "danger", text: t("bulk.failed", { count: failed }) });
    } catch (error) {
      showToast({ tone: "danger", text: describeError(error) });
    }
  };
}
