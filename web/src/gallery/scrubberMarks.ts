import type { Extent } from "./layout";

export interface Mark {
  month: string;
  /** Pixels from the top of the scrubber. */
  y: number;
  /** A year and a month have a label; the other months have a dot. */
  kind: "year" | "month" | "dot";
}

/** Minimum distances between two labels and between two dots, in pixels. */
const LABEL_PIXELS = 20;
const DOT_PIXELS = 7;

/**
 * Place the marks of months along a scrubber. The first month of each year has the label of the
 * year if there is room; years come before months, and marks that would overlap are left out.
 */
export function placeMarks(months: readonly Extent[], height: number): Mark[] {
  const total = months.at(-1)?.bottom ?? 0;
  if (total === 0 || height === 0) return [];
  const all = months.map(({ month, top }, index) => ({
    month,
    y: (top / total) * height,
    isYear: month.slice(0, 4) !== months[index - 1]?.month.slice(0, 4),
  }));
  const marks: Mark[] = [];
  const isFree = (y: number, distance: number) => marks.every((mark) => Math.abs(mark.y - y) >= distance);
  for (const { month, y, isYear } of all) if (isYear && isFree(y, LABEL_PIXELS)) marks.push({ month, y, kind: "year" });
  for (const { month, y, isYear } of all) if (!isYear && isFree(y, LABEL_PIXELS)) marks.push({ month, y, kind: "month" });
  for (const { month, y } of all) if (isFree(y, DOT_PIXELS)) marks.push({ month, y, kind: "dot" });
  return marks.toSorted((first, second) => first.y - second.y);
}
