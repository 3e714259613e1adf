import { expect, test } from "vitest";
import { putPicture, takePicture, type Pages } from "../src/api/pages";
import { EVERYTHING } from "../src/filters/filter";
import { makePicture } from "./samples";

/** Two pages of two, newest first; `more`: there is a third that has not been read. */
function makePages(more: boolean): Pages {
  const page = (numbers: number[], next: string | null) => ({
    items: numbers.map((number) => makePicture(number)),
    next_cursor: next,
  });
  return { pages: [page([80, 60], "a"), page([40, 20], more ? "b" : null)], pageParams: [null, "a"] };
}

const numbers = (pages: Pages) =>
  pages.pages.map((page) => page.items.map((picture) => Number(picture.id.slice(-12))));

test.each([
  ["the newest", 90, [[90, 80, 60], [40, 20]]],
  ["between two", 70, [[80, 70, 60], [40, 20]]],
  ["between two pages", 50, [[80, 60], [50, 40, 20]]],
  ["among the oldest", 30, [[80, 60], [40, 30, 20]]],
])("a new picture comes where it belongs: %s", (_, number, expected) => {
  expect(numbers(putPicture(makePages(true), EVERYTHING, makePicture(number)))).toEqual(expected);
});

test("the oldest of all is put at the end once the end has been read, and not before", () => {
  const oldest = makePicture(10);
  expect(numbers(putPicture(makePages(false), EVERYTHING, oldest))).toEqual([[80, 60], [40, 20, 10]]);
  expect(numbers(putPicture(makePages(true), EVERYTHING, oldest))).toEqual([[80, 60], [40, 20]]);
});

test("into an empty list too", () => {
  const empty: Pages = { pages: [{ items: [], next_cursor: null }], pageParams: [null] };
  expect(numbers(putPicture(empty, EVERYTHING, makePicture(1)))).toEqual([[1]]);
});

test("a picture that has changed takes its own place", () => {
  const pages = putPicture(makePages(true), EVERYTHING, makePicture(40, { title: "new" }));
  expect(numbers(pages)).toEqual([[80, 60], [40, 20]]);
  expect(pages.pages[1]?.items[0]?.title).toBe("new");
});

test("a picture that does not fit any more leaves, and one that never did stays out", () => {
  const filter = { ...EVERYTHING, status: "ready" as const };
  expect(numbers(putPicture(makePages(true), filter, makePicture(40, { status: "failed" })))).toEqual([[80, 60], [20]]);
  const pages = makePages(true);
  expect(putPicture(pages, filter, makePicture(70, { status: "failed" }))).toBe(pages);
});

test("a deleted picture leaves", () => {
  expect(numbers(takePicture(makePages(true), makePicture(60).id))).toEqual([[80], [40, 20]]);
});
