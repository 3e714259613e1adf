import { describe, expect, test } from "vitest";
import { EVERYTHING, isNarrow, matches, readFilter, writeFilter, type Filter } from "../src/filters/filter";
import { makePicture } from "./samples";

const FULL: Filter = {
  labels: ["Dog", "Beach & sea"],
  without: ["Person"],
  text: ["SKILSAW"],
  minConfidence: 80,
  status: "ready",
  album: "a1",
  until: "2026-05",
};

describe("an address", () => {
  test("says all of a filter, and is read again", () => {
    expect(readFilter(new URLSearchParams(writeFilter(FULL).toString()))).toEqual(FULL);
  });

  test("of everything is empty", () => {
    expect(writeFilter(EVERYTHING).toString()).toBe("");
  });

  test.each(["status=gone", "min=101", "min=x", "until=May", "label="])("with %s means everything", (query) => {
    expect(readFilter(new URLSearchParams(query))).toEqual(EVERYTHING);
  });
});

describe("a picture", () => {
  const picture = makePicture(1, {
    labels: [
      { name: "Dog", confidence: 90 },
      { name: "Beach", confidence: 60 },
    ],
    albums: ["a1"],
    created_at: "2026-05-31T23:59:59Z",
  });
  picture.recognition.text = [
    { text: "Big SALE!", confidence: 99, is_line: true, line: 0, box: { left: 0, top: 0, width: 1, height: 1 } },
  ];

  test.each<[Partial<Filter>, boolean]>([
    [{}, true],
    [{ labels: ["dog"] }, true],
    [{ labels: ["Dog", "Beach"] }, true],
    [{ labels: ["Dog", "Beach"], minConfidence: 80 }, false],
    [{ labels: ["Cat"] }, false],
    [{ without: ["BEACH"] }, false],
    [{ without: ["Cat"] }, true],
    [{ text: ["sale"] }, true],
    [{ text: ["sal"] }, false],
    [{ text: ["sale", "big"] }, true],
    [{ status: "failed" }, false],
    [{ album: "a1" }, true],
    [{ album: "a2" }, false],
    [{ until: "2026-05" }, true],
    [{ until: "2026-04" }, false],
  ])("against %o", (change, expected) => {
    expect(matches({ ...EVERYTHING, ...change }, picture)).toBe(expected);
  });
});

test("an album or a month alone does not make a filter narrow", () => {
  expect(isNarrow({ ...EVERYTHING, album: "a1", until: "2026-05" })).toBe(false);
  expect(isNarrow({ ...EVERYTHING, without: ["Dog"] })).toBe(true);
});
