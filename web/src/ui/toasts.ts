import { Store } from "../store";

export interface Toast {
  id: string;
  text: string;
  tone: "plain" | "bad";
  action?: { text: string; run: () => void };
}

/** Milliseconds that a message stays. */
const STAY = 6_000;

export const toasts = new Store<Toast[]>([]);

/** Says something at the edge of the screen for a while; answers how to take it back earlier. */
export function say(toast: Omit<Toast, "id" | "tone"> & { tone?: Toast["tone"] }, stay = STAY): () => void {
  const id = crypto.randomUUID();
  const remove = () => toasts.update((all) => all.filter((each) => each.id !== id));
  toasts.update((all) => [...all.slice(-3), { tone: "plain", ...toast, id }]);
  setTimeout(remove, stay);
  return remove;
}
