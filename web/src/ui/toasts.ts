import { Store } from "../store";

export interface Toast {
  id: string;
  text: string;
  tone: "info" | "danger";
  /** Part of an operation that is done, 0 to 1. */
  progress?: number;
  action?: { text: string; run: () => void };
}

const DURATION_MILLISECONDS = 6_000;

/** Toasts visible at once; the oldest is removed first. */
const MAX_TOASTS = 4;

export const toasts = new Store<Toast[]>([]);

/** Show a message for a while; returns a function that removes it early. */
export function showToast(toast: Omit<Toast, "id" | "tone"> & { tone?: Toast["tone"] }, duration = DURATION_MILLISECONDS): () => void {
  const id = crypto.randomUUID();
  const remove = () => toasts.update((all) => all.filter((each) => each.id !== id));
  toasts.update((all) => [...all.slice(1 - MAX_TOASTS), { tone: "info", ...toast, id }]);
  setTimeout(remove, duration);
  return remove;
}

/** Show an operation until `close` is called, with a button that cancels it. */
export function showProgress(text: string, cancel: { text: string; run: () => void }) {
  const id = crypto.randomUUID();
  const close = () => toasts.update((all) => all.filter((each) => each.id !== id));
  toasts.update((all) => [...all.slice(1 - MAX_TOASTS), { tone: "info", id, text, progress: 0, action: cancel }]);
  return {
    update: (progress: number) => toasts.update((all) => all.map((each) => (each.id === id ? { ...each, progress } : each))),
    close,
  };
}
