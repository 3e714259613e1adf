import type { ImageView } from "../api/types";

/** Label names that the API accepts. */
export const LABEL_PATTERN = /^[\p{L}\p{N}_ &'()+,./-]{1,50}$/u;

const normalize = (name: string) => name.normalize("NFKC").toLowerCase();

const without = (names: readonly string[], removed: readonly string[]) => {
  const keys = new Set(removed.map(normalize));
  return names.filter((name) => !keys.has(normalize(name)));
};

type Labeled = Pick<ImageView, "labels" | "labels_added" | "labels_hidden">;

/**
 * Return the changes that give an image labels and take others from it, or null if there are none:
 * the owner's own labels are removed, and detected ones are hidden.
 */
export function changeLabels({ labels, labels_added, labels_hidden }: Labeled, added: readonly string[], removed: readonly string[]) {
  const has = new Set(labels.map(({ name }) => normalize(name)));
  const own = new Set(labels_added.map(normalize));
  const hidden = new Set(labels_hidden.map(normalize));
  const isDetected = (name: string) => has.has(normalize(name)) && !own.has(normalize(name));
  // A detected label that was hidden appears again.
  const restored = added.filter((name) => hidden.has(normalize(name)));
  const missing = added.filter((name) => !has.has(normalize(name)) && !hidden.has(normalize(name)));
  const next = {
    labels_added: [...without(labels_added, removed), ...missing],
    labels_hidden: [...without(labels_hidden, restored), ...removed.filter(isDetected)],
  };
  const isSame = (first: readonly string[], second: readonly string[]) => first.join("\n") === second.join("\n");
  return isSame(next.labels_added, labels_added) && isSame(next.labels_hidden, labels_hidden) ? null : next;
}
