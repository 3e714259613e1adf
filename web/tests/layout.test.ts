import { describe, expect, test } from "vitest";
import { layOut, monthOf, type Row } from "../src/gallery/layout";
import { makePicture } from "./samples";

const MEASURES = { width: 1000, height: 200, gap: 6, heading: 50 };

const pictureRows = (rows: Row[]) => rows.filter((row) => row.kind === "pictures");

function many(count: number) {
  // Of all shapes: from tall to very wide.
  return Array.from({ length: count }, (_, at) =>
    makePicture(count - at, { width: 100 + ((at * 37) % 400), height: 200 }),
  );
}

describe("rows", () => {
  const rows = layOut(many(500), MEASURES);

  test("hold every picture once, in order", () => {
    const placed = pictureRows(rows).flatMap((row) => row.places.map((place) => place.index));
    expect(placed).toEqual(Array.from({ length: 500 }, (_, at) => at));
  });

  test("are as wide as there is room, and no taller than wanted", () => {
    const [...full] = pictureRows(rows).slice(0, -1);
    for (const row of full) {
      const end = row.places.at(-1)!;
      expect(end.left + end.width).toBeCloseTo(1000, 3);
      expect(row.height - MEASURES.gap).toBeLessThanOrEqual(200);
      expect(row.height).toBeGreaterThan(90);
    }
  });

  test("keep the shape of what is not extreme", () => {
    for (const row of pictureRows(rows)) {
      for (const { picture, width } of row.places) {
        expect(width / (row.height - MEASURES.gap)).toBeCloseTo(picture.width! / picture.height!, 5);
      }
    }
  });
});

test("a panorama and a column are shown less extreme than they are", () => {
  const rows = layOut([makePicture(2, { width: 9000, height: 100 }), makePicture(1, { width: 10, height: 900 })], MEASURES);
  const [row] = pictureRows(rows);
  expect(row?.places.map((place) => Math.round((place.width / (row.height - 6)) * 10) / 10)).toEqual([3, 0.5]);
});

test("the last row of a month is not stretched, and the next month begins a new one", () => {
  const rows = layOut(
    [makePicture(3, { created_at: "2026-06-15T12:00:00Z" }), makePicture(2), makePicture(1)],
    MEASURES,
  );
  expect(rows.map((row) => [row.kind, row.month])).toEqual([
    ["month", "2026-06"],
    ["pictures", "2026-06"],
    ["month", "2026-05"],
    ["pictures", "2026-05"],
  ]);
  expect(pictureRows(rows).map((row) => row.height)).toEqual([206, 206]);
});

test("a picture whose shape is not known yet has a place all the same", () => {
  const [row] = pictureRows(layOut([makePicture(1, { width: null, height: null })], MEASURES));
  expect(row?.places[0]?.width).toBeCloseTo((200 * 4) / 3);
});

test("a month is that of whoever looks", () => {
  const late = makePicture(1, { created_at: new Date(2026, 0, 31, 23, 59).toISOString() });
  expect(monthOf(late)).toBe("2026-01");
});
