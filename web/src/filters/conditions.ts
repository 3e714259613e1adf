import type { Filter } from "./filter";
import { withoutScope, type Scope } from "./scope";

/** One condition of a filter, and the change that removes it. */
export interface Condition {
  kind: "words" | "text" | "label" | "excluded" | "confidence" | "status" | "album" | "box" | "favorite" | "archived" | "from" | "until";
  value: string;
  removal: Partial<Filter>;
}

/** Return the conditions of a filter that the page does not have itself, in the order of their chips. */
export function listConditions(filter: Filter, scope: Scope): Condition[] {
  const without = (values: string[], value: string) => values.filter((each) => each !== value);
  const { words, text, labels, excludedLabels, minConfidence, status, album, box, favorite, archived, takenFrom, takenUntil } = withoutScope(filter, scope);
  return [
    ...(words ? [{ kind: "words", value: words, removal: { words: "" } } as const] : []),
    ...(takenFrom ? [{ kind: "from", value: takenFrom, removal: { takenFrom: null } } as const] : []),
    ...(takenUntil ? [{ kind: "until", value: takenUntil, removal: { takenUntil: null } } as const] : []),
    ...(favorite ? [{ kind: "favorite", value: "", removal: { favorite: false } } as const] : []),
    ...(archived ? [{ kind: "archived", value: "", removal: { archived: false } } as const] : []),
    ...(album ? [{ kind: "album", value: album, removal: { album: null } } as const] : []),
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
