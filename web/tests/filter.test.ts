import { describe, expect, test } from "vitest";
import { listConditions } from "../src/filters/conditions";
import { resolveScope, serializeWithin } from "../src/filters/scope";
import { NO_FILTER, hasConditions, lastWord, matches, parseFilter, serializeFilter, type Filter } from "../src/filters/filter";
import type { ImageView } from "../src/api/types";
import { makeImage } from "./samples";

const FULL: Filter = {
  labels: ["Dog", "Beach & sea"],
  excludedLabels: ["Person"],
  text: ["SKILSAW"],
  words: "lisbon nik",
  minConfidence: 80,
  status: "ready",
  album: "a1",
  box: "-9.23,38.69,-9.09,38.8",
  favorite: true,
  archived: true,
  takenFrom: "2026-05-01",
  takenUntil: "2026-05-31",
};

describe("a URL", () => {
  test("contains the whole filter and can be parsed again", () => {
    expect(parseFilter(new URLSearchParams(serializeFilter(FULL).toString()))).toEqual(FULL);
  });

  test("is empty without a filter", () => {
    expect(serializeFilter(NO_FILTER).toString()).toBe("");
  });

  test.each(["status=gone", "min=101", "min=x", "label=", "bbox=1,2,3", "bbox=a,b,c,d", "favorite=yes", "archived=", "from=2026-02-31", "until=0026-05-01", "from=May"])("with %s has no filter", (query) => {
    expect(parseFilter(new URLSearchParams(query))).toEqual(NO_FILTER);
  });
});

const box = { left: 0, top: 0, width: 1, height: 1 };

describe("an image", () => {
  const image = makeImage(1, {
    labels: [
      { name: "Dog", confidence: 90 },
      { name: "Beach", confidence: 60 },
    ],
    albums: ["a1"],
    created_at: "2026-05-31T23:59:59Z",
    place: { latitude: 38.7, longitude: -9.1, city: "Lisbon", country: "Portugal" } as ImageView["place"],
  });
  image.recognition.text = [
    { text: "Big SALE! \u6771\u4eac\u30bf\u30ef\u30fc", confidence: 99, is_line: true, line: 0, box },
    { text: "\u0915\u0941\u0924\u094d\u0924\u093e", confidence: 99, is_line: true, line: 1, box },
  ];

  test.each<[Partial<Filter>, boolean]>([
    [{}, true],
    [{ labels: ["dog"] }, true],
    [{ labels: ["Dog", "Beach"] }, true],
    [{ labels: ["Dog", "Beach"], minConfidence: 80 }, false],
    [{ labels: ["Cat"] }, false],
    [{ excludedLabels: ["BEACH"] }, false],
    [{ excludedLabels: ["Cat"] }, true],
    [{ text: ["sale"] }, true],
    [{ text: ["sal"] }, false],
    [{ text: ["sale", "big"] }, true],
    [{ text: ["\u6771\u4eac"] }, true],
    [{ text: ["\uff80\uff9c\uff70"] }, true],
    [{ text: ["\u0915\u0941\u0924\u094d\u0924\u093e"] }, true],
    [{ text: ["\u0915"] }, false],
    [{ text: ["lisbon portugal"] }, true],
    [{ text: ["Porto"] }, false],
    [{ words: "lisbon dog big" }, true],
    [{ words: "photo lisb" }, true],
    [{ words: "lisb photo" }, false],
    [{ words: "LISBÓN" }, true],
    [{ words: "lisbon cat" }, false],
    [{ status: "failed" }, false],
    [{ album: "a1" }, true],
    [{ album: "a2" }, false],
    [{ box: "-9.2,38.6,-9,38.8" }, true],
    [{ box: "-9.1,38.7,-9,38.8" }, true],
    [{ box: "-9,38.6,-8,38.8" }, false],
    [{ box: "-10,38.8,-9,39" }, false],
    [{ box: "170,38,-9,39" }, true],
    [{ box: "-9,38,-170,39" }, false],
    [{ favorite: true }, false],
    [{ archived: true }, false],
  ])("is matched against %o", (change, expected) => {
    expect(matches({ ...NO_FILTER, ...change }, image)).toBe(expected);
  });
});

test.each<[Partial<Filter>, boolean]>([
  [{}, false],
  [{ album: "a1" }, false],
  [{ labels: ["Dog"] }, false],
  [{ status: "awaiting_upload" }, true],
])("an image that awaits its upload is matched against %o", (change, expected) => {
  const labels = [{ name: "Dog", confidence: 100 }];
  const image = makeImage(1, { status: "awaiting_upload", albums: ["a1"], labels });
  expect(matches({ ...NO_FILTER, ...change }, image)).toBe(expected);
});

test.each<[Partial<Filter>, boolean, boolean]>([
  [{}, false, false],
  [{ favorite: true }, true, false],
  [{ archived: true }, true, true],
  [{ favorite: true, archived: true }, true, false],
  [{ words: "photo" }, true, true],
  [{ album: "a1" }, true, true],
  [{ status: "ready" }, false, false],
])("an archived favorite, and an archived image, are matched against %o", (change, favorite, other) => {
  const image = makeImage(1, { archived: true, favorite: true, albums: ["a1"] });
  expect(matches({ ...NO_FILTER, ...change }, image)).toBe(favorite);
  expect(matches({ ...NO_FILTER, ...change }, { ...image, favorite: false })).toBe(other);
});

const LIBRARY = resolveScope("/");

test("each condition is removed alone", () => {
  const conditions = listConditions(FULL, LIBRARY);
  const kinds = conditions.map(({ kind }) => kind);
  expect(kinds).toEqual(["words", "from", "until", "favorite", "archived", "album", "text", "label", "label", "excluded", "confidence", "box", "status"]);
  expect(conditions.reduce((filter, { kind, value, removal }) => {
    const removed = { ...filter, ...removal };
    return kind === "label" ? { ...removed, labels: filter.labels.filter((each) => each !== value) } : removed;
  }, FULL)).toEqual(NO_FILTER);
});

test.each<[string, string, Partial<Filter>]>([
  ["/", "", {}],
  ["/photos/i1", "", {}],
  ["/albums", "", {}],
  ["/albums/a1", "/albums/a1", { album: "a1" }],
  ["/albums/a1/photos/i1", "/albums/a1", { album: "a1" }],
  ["/favorites", "/favorites", { favorite: true }],
  ["/favorites/photos/i1", "/favorites", { favorite: true }],
  ["/archive", "/archive", { archived: true }],
])("the page %s has conditions of its own, which are no chips and not in its query", (pathname, path, fixed) => {
  const scope = resolveScope(pathname);
  expect(scope).toEqual({ path, fixed });
  const kinds = Object.keys(fixed);
  expect(listConditions(FULL, scope).map(({ kind }) => kind)).not.toEqual(expect.arrayContaining(kinds.length > 0 ? kinds : ["none"]));
  expect(serializeWithin({ ...NO_FILTER, ...fixed, labels: ["Dog"] }, scope).toString()).toBe("label=Dog");
});

test.each<[string | null, string | null, boolean]>([
  ["2026-05-10", "2026-05-10", true],
  ["2026-05-10", null, true],
  ["2026-05-11", null, false],
  [null, "2026-05-09", false],
  [null, "2026-05-10", true],
])("an image that was taken late on a day is matched against its day: from %s until %s", (takenFrom, takenUntil, expected) => {
  const filter = { ...NO_FILTER, takenFrom, takenUntil };
  // The next day in UTC.
  const image = makeImage(1, { taken_at: "2026-05-10T23:30:00-09:00", taken_at_local: "2026-05-10T23:30:00" });
  expect(matches(filter, image)).toBe(expected);
  expect(matches(filter, makeImage(2))).toBe(false);
});

test.each([
  ["Lisb", "lisb"],
  ["a trip to Caf\u00e9", "cafe"],
  ["IMG_00", "00"],
  ["who?", ""],
  ["", ""],
])("the last word of %s is %s", (text, expected) => {
  expect(lastWord(text)).toBe(expected);
});

test("any condition keeps the list from being the timeline, except for a confidence without a label", () => {
  expect(hasConditions({ ...NO_FILTER, minConfidence: 80 })).toBe(false);
  const changes: Partial<Filter>[] = [{ album: "a1" }, { excludedLabels: ["Dog"] }, { favorite: true }, { archived: true }, { box: "1,2,3,4" }];
  for (const change of changes) expect(hasConditions({ ...NO_FILTER, ...change })).toBe(true);
});
