import { useState } from "react";
import { runForEach } from "../api/bulk";
import { useErrorMessage } from "../ui/errorMessages";
import { showToast } from "../ui/toasts";

/** Run a task for each of the ids with progress, then show the outcome. */
export function useBulk(ids: readonly string[], onDone: () => void) {
  const describeError = useErrorMessage();
  /** Images that are finished; null before the start. */
  const [finished, setFinished] = useState<number | null>(null);

  async function run(task: (id: string) => Promise<unknown>, describe: (done: number) => string) {
    setFinished(0);
    const { done, failed, error } = await runForEach(ids, task, setFinished);
    if (done > 0) showToast({ text: describe(done) });
    if (failed > 0) showToast({ tone: "danger", text: describeError(error) });
    onDone();
  }

  return { finished, run };
}
