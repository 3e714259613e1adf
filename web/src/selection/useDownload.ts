import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { downloadArchive, downloadOriginal } from "../api/downloads";
import { useServices } from "../services";
import { useErrorMessage } from "../ui/errorMessages";
import { showProgress, showToast } from "../ui/toasts";

/** Return a function that saves originals: one as it is, several as ZIP files with their progress. */
export function useDownload(): (ids: readonly string[]) => void {
  const { t } = useTranslation();
  const { api } = useServices();
  const describeError = useErrorMessage();
  return useCallback(
    (ids) => {
      const fail = (error: unknown) => void showToast({ tone: "danger", text: describeError(error) });
      if (ids.length === 1) return void downloadOriginal(api, ids[0]!).catch(fail);
      const stopped = new AbortController();
      const progress = showProgress(t("bulk.downloading", { count: ids.length }), {
        text: t("cancel"),
        run: () => stopped.abort(),
      });
      downloadArchive(api, ids, progress.update, stopped.signal)
        .then(() => showToast({ text: t("bulk.downloaded", { count: ids.length }) }))
        .catch((error: unknown) => stopped.signal.aborted || fail(error))
        .finally(progress.close);
    },
    [t, api, describeError],
  );
}
