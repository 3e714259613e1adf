import { expect, test } from "vitest";
import { compareImages, dayOf, monthOf, SORTS, takenTime } from "../src/gallery/sort";
import { makeSummary } from "./samples";

const [TAKEN_NEWEST, TAKEN_OLDEST, UPLOADED_NEWEST, UPLOADED_OLDEST] = SORTS as [(typeof SORTS)[0], (typeof SORTS)[0], (typeof SORTS)[0], (typeof SORTS)[0]];

const old = makeSummary(2, { taken_at_local: "1987-08-02T16:30:00" });
const recent = makeSummary(1, { taken_at_local: "2026-06-21T21:14:08" });
const undated = makeSummary(3, { created_at: "2026-05-10T23:30:00-02:00" });

test.each([
  ["taken, newest", TAKEN_NEWEST, [1, 3, 2]],
  ["taken, oldest", TAKEN_OLDEST, [2, 3, 1]],
  ["uploaded, newest", UPLOADED_NEWEST, [3, 2, 1]],
  ["uploaded, oldest", UPLOADED_OLDEST, [1, 2, 3]],
])("images are in the order of the API: %s", (_, sort, expected) => {
  const sorted = [old, recent, undated].toSorted((a, b) => compareImages(sort, a, b));
  expect(sorted.map((image) => Number(image.id.slice(-12)))).toEqual(expected);
});

test("an image without a time of capture is at that of its upload in UTC", () => {
  expect(takenTime(undated)).toBe("2026-05-11T01:30:00.000");
  expect(dayOf(TAKEN_NEWEST, undated)).toBe("2026-05-11");
});

test("the day and the month are those on a clock at the place", () => {
  expect([dayOf(TAKEN_NEWEST, old), monthOf(TAKEN_NEWEST, old)]).toEqual(["1987-08-02", "1987-08"]);
});

test("a day of upload is in the user's time zone", () => {
  const image = makeSummary(1, { created_at: new Date(2026, 0, 31, 23, 59).toISOString() });
  expect([dayOf(UPLOADED_NEWEST, image), monthOf(UPLOADED_NEWEST, image)]).toEqual(["2026-01-31", "2026-01"]);
});
