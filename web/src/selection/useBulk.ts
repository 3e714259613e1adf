import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { OnProgress, Outcome } from "../api/bulk";
import { useErrorCodeMessage, useErrorMessage } from "../ui/errorMessages";
import { showToast } from "../ui/toasts";

/** Run a change to many images with progress, then show its outcome. */
export function useBulk(onDone: () => void = () => {}) {
  const { t } = useTranslation();
  const describeError = useErrorMessage();
  const describeCode = useErrorCodeMessage();
  /** Images that are finished; null before the start. */
  const [finished, setFinished] = useState<number | null>(null);

  /** Return whether an image was changed. `describe` names the change for the number of images. */
  async function run(work: (onProgress: OnProgress) => Promise<Outcome>, describe: (count: number) => string): Promise<boolean> {
    setFinished(0);
    const { done, failed, error } = await work(setFinished);
    if (done > 0) showToast({ text: describe(done) });
    if (failed > 0) {
      const problem = error as { code?: string; detail?: string };
      const reason = error instanceof Error || !problem.code ? describeError(error) : describeCode(problem.code, problem.detail);
      showToast({ tone: "danger", text: `${t("bulk.failed", { count: failed })} ${reason}` });
    }
    setFinished(null);
    onDone();
    return done > 0;
  }

  return { finished, run };
}
