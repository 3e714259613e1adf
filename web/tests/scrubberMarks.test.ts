import { expect, test } from "vitest";
import type { Extent } from "../src/gallery/layout";
import { placeMarks } from "../src/gallery/scrubberMarks";

/** Return months of these heights, from 2026-12 backwards. */
function makeMonths(heights: readonly number[]): Extent[] {
  let top = 0;
  return heights.map((height, at) => {
    const month = `${2026 - Math.floor(at / 12)}-${String(12 - (at % 12)).padStart(2, "0")}`;
    const extent = { month, top, bottom: top + height, count: 1 };
    top += height;
    return extent;
  });
}

test("marks are in proportion to the heights of the months", () => {
  const marks = placeMarks(makeMonths([100, 300, 600]), 1000);
  expect(marks.map(({ month, y, kind }) => [month, y, kind])).toEqual([
    ["2026-12", 0, "year"],
    ["2026-11", 100, "month"],
    ["2026-10", 400, "month"],
  ]);
});

test("a year takes the room of months, and labels do not overlap", () => {
  const marks = placeMarks(makeMonths(Array.from({ length: 60 }, () => 10)), 600);
  const labels = marks.filter(({ kind }) => kind !== "dot");
  expect(labels.filter(({ kind }) => kind === "year").map(({ month }) => month.slice(0, 4))).toEqual(["2026", "2025", "2024", "2023", "2022"]);
  for (const [at, mark] of labels.entries()) expect(mark.y - (labels[at - 1]?.y ?? -100)).toBeGreaterThanOrEqual(20);
});

test("nothing is placed before the sizes are known", () => {
  expect(placeMarks([], 500)).toEqual([]);
  expect(placeMarks(makeMonths([10]), 0)).toEqual([]);
});
