import { describe, expect, test } from "vitest";
import { findAnchor, locateAnchor } from "../src/gallery/anchor";
import { createLayouter, findRow, layoutSection, type LayoutOptions, type Row } from "../src/gallery/layout";
import { SORTS } from "../src/gallery/sort";
import { findInside } from "../src/gallery/useMarquee";
import type { Section } from "../src/gallery/useSections";
import { makeSummary } from "./samples";

const OPTIONS: LayoutOptions = {
  sort: SORTS[0]!,
  width: 1000,
  height: 200,
  gap: 6,
  dayGap: 20,
  minDayWidth: 150,
  monthHeight: 50,
  dayHeight: 30,
};

const imageRows = (rows: readonly Row[]) => rows.filter((row) => row.kind === "images");

/** Return a section of `count` images on one day, from tall to very wide. */
function makeDay(count: number, month = "2026-05"): Section {
  const images = Array.from({ length: count }, (_, at) =>
    makeSummary(count - at, { width: 100 + ((at * 37) % 400), height: 200, taken_at_local: `${month}-10T12:00:00` }),
  );
  return { month, count, images };
}

/** Return a section with one image of 300 by 200 pixels on each of these days. */
function makeDays(days: readonly number[], month = "2026-05"): Section {
  const images = days.map((day, at) =>
    makeSummary(100 - at, { taken_at_local: `${month}-${String(day).padStart(2, "0")}T12:00:00` }),
  );
  return { month, count: days.length, images };
}

describe("the rows of a long day", () => {
  const section = makeDay(500);
  const rows = layoutSection(section, OPTIONS);

  test("contain every image once, in order", () => {
    const placed = imageRows(rows).flatMap((row) => row.images.map(({ image }) => image.id));
    expect(placed).toEqual(section.images.map((image) => image.id));
  });

  test("fill the width and do not exceed the maximum height", () => {
    for (const row of imageRows(rows).slice(0, -1)) {
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

  test("follow one heading of the month and one of the day", () => {
    expect(rows.slice(0, 3).map((row) => row.kind)).toEqual(["month", "days", "images"]);
    expect(rows.filter((row) => row.kind === "days")).toHaveLength(1);
  });
});

test("short days share a row for as long as they fit", () => {
  // Each is 300 wide: three days and two gaps are 940.
  const rows = layoutSection(makeDays([9, 8, 7, 6]), OPTIONS);
  const days = rows.filter((row) => row.kind === "days").map((row) => row.days.map(({ day, left }) => [day.slice(-2), left]));
  // A full row is stretched to the width.
  expect(days).toEqual([[["09", 0], ["08", 340], ["07", 680]], [["06", 0]]]);
  expect(imageRows(rows).map((row) => row.images.map(({ left, width }) => [left, width]))).toEqual([
    [[0, 320], [340, 320], [680, 320]],
    [[0, 300]],
  ]);
});

test("a narrow day is as wide as its heading", () => {
  const images = [2, 1].map((number) => makeSummary(number, { width: 100, height: 200, taken_at_local: `2026-05-0${number}T12:00:00` }));
  const rows = layoutSection({ month: "2026-05", count: 2, images }, OPTIONS);
  expect(rows.find((row) => row.kind === "days")?.days.map(({ left, width }) => [left, width])).toEqual([[0, 150], [170, 150]]);
});

test("extreme aspect ratios are limited", () => {
  const images = [makeSummary(2, { width: 9000, height: 100 }), makeSummary(1, { width: 10, height: 900 })];
  const [row] = imageRows(layoutSection({ month: "2026-05", count: 2, images }, OPTIONS));
  expect(row?.images.map(({ width }) => Math.round((width / (row.height - 6)) * 10) / 10)).toEqual([3, 0.5]);
});

test("an image without known dimensions has a default aspect ratio", () => {
  const images = [makeSummary(1, { width: null, height: null })];
  const [row] = imageRows(layoutSection({ month: "2026-05", count: 1, images }, OPTIONS));
  expect(row?.images[0]?.width).toBeCloseTo((200 * 4) / 3);
});

test("images that are not loaded have the height that they are likely to need", () => {
  const rows = layoutSection({ month: "2026-05", count: 400, images: [] }, OPTIONS);
  expect(rows.map((row) => row.kind)).toEqual(["month", "placeholder"]);
  const loaded = layoutSection(makeDay(400), OPTIONS);
  const height = (all: readonly Row[]) => all.reduce((sum, row) => sum + row.height, 0);
  expect(height(rows) / height(loaded)).toBeGreaterThan(0.6);
  expect(height(rows) / height(loaded)).toBeLessThan(1.7);
});

describe("a layout", () => {
  const lay = createLayouter(OPTIONS);
  const may = makeDay(40);
  const april = makeDays([9, 8], "2026-04");
  const layout = lay([may, april]);

  test("knows where each month starts and ends", () => {
    expect(layout.months.map(({ month, count }) => [month, count])).toEqual([["2026-05", 40], ["2026-04", 2]]);
    expect(layout.months[0]!.bottom).toBe(layout.months[1]!.top);
    expect(layout.months[1]!.bottom).toBe(layout.tops.at(-1));
  });

  test("finds the row at a height", () => {
    expect(findRow(layout, -10)).toBe(0);
    expect(findRow(layout, 49)).toBe(0);
    expect(findRow(layout, 50)).toBe(1);
    expect(findRow(layout, 1e9)).toBe(layout.rows.length - 1);
  });

  test("keeps the rows of sections that have not changed", () => {
    const again = lay([may, makeDays([3], "2026-04")]);
    expect(again.rows[2]).toBe(layout.rows[2]);
  });

  test("finds the images within a rectangle", () => {
    const [first, second] = april.images;
    const top = layout.months[1]!.top + 90;
    expect(findInside(layout, { x: 10, y: top }, { x: 20, y: top + 5 })).toEqual([first!.id]);
    expect(findInside(layout, { x: 330, y: top + 5 }, { x: 290, y: top })).toEqual([first!.id, second!.id]);
    expect(findInside(layout, { x: 700, y: top }, { x: 900, y: top + 5 })).toEqual([]);
  });

  test("keeps what is at the top when a month above it is loaded", () => {
    const before = lay([{ month: "2026-05", count: 40, images: [] }, april]);
    const april_ = before.months[1]!;
    const anchor = findAnchor(before, april_.top + 120)!;
    expect(anchor.image).toBe(april.images[0]!.id);
    expect(locateAnchor(layout, anchor)).toBeCloseTo(layout.months[1]!.top + 120);
  });

  test("keeps the part of a month that is at the top when it is loaded", () => {
    const before = lay([{ month: "2026-05", count: 40, images: [] }, april]);
    const { top, bottom } = before.months[0]!;
    const anchor = findAnchor(before, (top + bottom) / 2)!;
    expect(locateAnchor(layout, anchor)).toBeCloseTo(layout.months[0]!.bottom / 2);
  });

  test("has no anchor at its top, where new images appear", () => {
    expect(findAnchor(layout, 0)).toBeNull();
    expect(locateAnchor(layout, { month: "1999-01", fraction: 0, image: null, distance: 0 })).toBeNull();
  });
});
