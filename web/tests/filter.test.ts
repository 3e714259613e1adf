import { describe, expect, test } from "vitest";
import { listConditions } from "../src/filters/conditions";
import { NO_FILTER, hasConditions, matches, parseFilter, serializeFilter, type Filter } from "../src/filters/filter";
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
};

describe("a URL", () => {
  test("contains the whole filter and can be parsed again", () => {
    expect(parseFilter(new URLSearchParams(serializeFilter(FULL).toString()))).toEqual(FULL);
  });

  test("is empty without a filter", () => {
    expect(serializeFilter(NO_FILTER).toString()).toBe("");
  });

  test.each(["status=gone", "min=101", "min=x", "label=", "bbox=1,2,3", "bbox=a,b,c,d"])("with %s has no filter", (query) => {
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

test("each condition is removed alone", () => {
  const conditions = listConditions(FULL);
  const kinds = conditions.map(({ kind }) => kind);
  expect(kinds).toEqual(["words", "album", "text", "label", "label", "excluded", "confidence", "box", "status"]);
  expect(conditions.reduce((filter, { kind, value, removal }) => {
    const removed = { ...filter, ...removal };
    return kind === "label" ? { ...removed, labels: filter.labels.filter((each) => each !== value) } : removed;
  }, FULL)).toEqual(NO_FILTER);
  expect(listConditions(FULL, "a1").map(({ kind }) => kind)).not.toContain("album");
});

test("an album alone does not count as a condition", () => {
  expect(hasConditions({ ...NO_FILTER, album: "a1" })).toBe(false);
  expect(hasConditions({ ...NO_FILTER, excludedLabels: ["Dog"] })).toBe(true);
  expect(hasConditions({ ...NO_FILTER, box: "1,2,3,4" })).toBe(true);
});
