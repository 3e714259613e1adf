import type { Filter } from "./filter";

/** One condition of a filter, and the change that removes it. */
export interface Condition {
  kind: "words" | "text" | "label" | "excluded" | "confidence" | "status" | "album" | "box";
  value: string;
  removal: Partial<Filter>;
}

/** Return the conditions of a filter in the order of their chips. `page`: the album of the page itself, which is none. */
export function listConditions(filter: Filter, page: string | null = null): Condition[] {
  const without = (values: string[], value: string) => values.filter((each) => each !== value);
  const { words, text, labels, excludedLabels, minConfidence, status, album, box } = filter;
  return [
    ...(words ? [{ kind: "words", value: words, removal: { words: "" } } as const] : []),
    ...(album && album !== page ? [{ kind: "album", value: album, removal: { album: null } } as const] : []),
    ...text.map((value) => ({ kind: "text", value, removal: { text: without(text, value) } }) as const),
    ...labels.map((value) => ({ kind: "label", value, removal: { labels: without(labels, value) } }) as const),
    ...excludedLabels.map((value) => ({ kind: "excluded", value, removal: { excludedLabels: without(excludedLabels, value) } }) as const),
    ...(minConfidence > 0 && labels.length > 0
      ? [{ kind: "confidence", value: String(minConfidence), removal: { minConfidence: 0 } } as const]
      : []),
    ...(box ? [{ kind: "box", value: box, removal: { box: null } } as const] : []),
    ...(status ? [{ kind: "status", value: status, removal: { status: null } } as const] : []),
  ];
}
