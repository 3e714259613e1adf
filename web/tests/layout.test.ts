import { describe, expect, test } from "vitest";
import { layoutRows, monthOf, type Row } from "../src/gallery/layout";
import { makeSummary } from "./samples";

const OPTIONS = { width: 1000, height: 200, gap: 6, headingHeight: 50 };

const imageRows = (rows: Row[]) => rows.filter((row) => row.kind === "images");

function many(count: number) {
  // From tall to very wide.
  return Array.from({ length: count }, (_, at) =>
    makeSummary(count - at, { width: 100 + ((at * 37) % 400), height: 200 }),
  );
}

describe("rows", () => {
  const rows = layoutRows(many(500), OPTIONS);

  test("contain every image once, in order", () => {
    const placed = imageRows(rows).flatMap((row) => row.images.map((placed) => placed.index));
    expect(placed).toEqual(Array.from({ length: 500 }, (_, at) => at));
  });

  test("fill the width and do not exceed the maximum height", () => {
    const [...full] = imageRows(rows).slice(0, -1);
    for (const row of full) {
      const end = row.images.at(-1)!;
      expect(end.left + end.width).toBeCloseTo(1000, 3);
      expect(row.height - OPTIONS.gap).toBeLessThanOrEqual(200);
      expect(row.height).toBeGreaterThan(90);
    }
  });

  test("keep moderate aspect ratios", () => {
    for (const row of imageRows(rows)) {
      for (const { image, width } of row.images) {
        expect(width / (row.height - OPTIONS.gap)).toBeCloseTo(image.width! / image.height!, 5);
      }
    }
  });
});

test("extreme aspect ratios are limited", () => {
  const rows = layoutRows([makeSummary(2, { width: 9000, height: 100 }), makeSummary(1, { width: 10, height: 900 })], OPTIONS);
  const [row] = imageRows(rows);
  expect(row?.images.map((placed) => Math.round((placed.width / (row.height - 6)) * 10) / 10)).toEqual([3, 0.5]);
});

test("the last row of a month is not justified, and each month starts a new row", () => {
  const rows = layoutRows(
    [makeSummary(3, { created_at: "2026-06-15T12:00:00Z" }), makeSummary(2), makeSummary(1)],
    OPTIONS,
  );
  expect(rows.map((row) => [row.kind, row.month])).toEqual([
    ["month", "2026-06"],
    ["images", "2026-06"],
    ["month", "2026-05"],
    ["images", "2026-05"],
  ]);
  expect(imageRows(rows).map((row) => row.height)).toEqual([206, 206]);
});

test("an image without known dimensions has a default aspect ratio", () => {
  const [row] = imageRows(layoutRows([makeSummary(1, { width: null, height: null })], OPTIONS));
  expect(row?.images[0]?.width).toBeCloseTo((200 * 4) / 3);
});

test("a month is in the user's time zone", () => {
  const image = makeSummary(1, { created_at: new Date(2026, 0, 31, 23, 59).toISOString() });
  expect(monthOf(image)).toBe("2026-01");
});
