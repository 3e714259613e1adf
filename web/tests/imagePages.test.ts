import { expect, test } from "vitest";
import { removeImage, upsertImage, type ImageList, type ImagePages } from "../src/api/imagePages";
import { NO_FILTER } from "../src/filters/filter";
import { SORTS } from "../src/gallery/sort";
import { makeImage, makeSummary } from "./samples";

const NEWEST_UPLOADED: ImageList = { filter: NO_FILTER, sort: SORTS[2]!, month: null };
const MAY: ImageList = { filter: NO_FILTER, sort: SORTS[0]!, month: "2026-05" };

/** Two pages of two images, newest first; `more`: a third page is not loaded yet. */
function makePages(more: boolean): ImagePages {
  const page = (numbers: number[], next: string | null) => ({
    items: numbers.map((number) => makeSummary(number)),
    next_cursor: next,
  });
  return { pages: [page([80, 60], "a"), page([40, 20], more ? "b" : null)], pageParams: [null, "a"] };
}

const numbers = (pages: ImagePages) =>
  pages.pages.map((page) => page.items.map((image) => Number(image.id.slice(-12))));

test.each([
  ["as the newest", 90, [[90, 80, 60], [40, 20]]],
  ["between two", 70, [[80, 70, 60], [40, 20]]],
  ["between two pages", 50, [[80, 60], [50, 40, 20]]],
  ["among the oldest", 30, [[80, 60], [40, 30, 20]]],
])("a new image is inserted in order: %s", (_, number, expected) => {
  expect(numbers(upsertImage(makePages(true), NEWEST_UPLOADED, makeImage(number)))).toEqual(expected);
});

test("the oldest image is appended only if the last page is loaded", () => {
  const oldest = makeImage(10);
  expect(numbers(upsertImage(makePages(false), NEWEST_UPLOADED, oldest))).toEqual([[80, 60], [40, 20, 10]]);
  expect(numbers(upsertImage(makePages(true), NEWEST_UPLOADED, oldest))).toEqual([[80, 60], [40, 20]]);
});

test("an image is inserted into an empty list", () => {
  const empty: ImagePages = { pages: [{ items: [], next_cursor: null }], pageParams: [null] };
  expect(numbers(upsertImage(empty, NEWEST_UPLOADED, makeImage(1)))).toEqual([[1]]);
});

test("a changed image is replaced", () => {
  const pages = upsertImage(makePages(true), NEWEST_UPLOADED, makeImage(40, { title: "new" }));
  expect(numbers(pages)).toEqual([[80, 60], [40, 20]]);
  expect(pages.pages[1]?.items[0]?.title).toBe("new");
});

test("an image that no longer matches is removed, and one that never matched is not added", () => {
  const list = { ...NEWEST_UPLOADED, filter: { ...NO_FILTER, status: "ready" as const } };
  expect(numbers(upsertImage(makePages(true), list, makeImage(40, { status: "failed" })))).toEqual([[80, 60], [20]]);
  const pages = makePages(true);
  expect(upsertImage(pages, list, makeImage(70, { status: "failed" }))).toBe(pages);
});

test("a deleted image is removed", () => {
  expect(numbers(removeImage(makePages(true), makeImage(60).id))).toEqual([[80], [40, 20]]);
});

test("an image enters the month of its capture and leaves it when its date is corrected", () => {
  const may = makeImage(70, { taken_at_local: "2026-05-10T11:00:00" });
  const pages = upsertImage(makePages(false), MAY, may);
  expect(numbers(pages)).toEqual([[80, 60], [40, 20, 70]]);
  expect(numbers(upsertImage(pages, MAY, { ...may, taken_at_local: "2026-04-30T11:00:00" }))).toEqual([[80, 60], [40, 20]]);
  expect(numbers(upsertImage(makePages(false), MAY, makeImage(70, { taken_at_local: "2026-04-30T11:00:00" })))).toEqual([[80, 60], [40, 20]]);
});

test("an image moves when its date is corrected within the month", () => {
  const corrected = makeImage(20, { taken_at_local: "2026-05-20T11:00:00" });
  expect(numbers(upsertImage(makePages(false), MAY, corrected))).toEqual([[20, 80, 60], [40]]);
});
