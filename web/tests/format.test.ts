import { expect, test } from "vitest";
import { createFormat, findRegion } from "../src/i18n/format";

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");

test.each([
  ["en", 0, "0 byte"],
  ["en", 999, "999 byte"],
  ["en", 1_500, "2 kB"],
  ["en", 1_250_000, "1.3 MB"],
  ["de", 1_250_000, "1,3 MB"],
  ["en", 7e15, "7,000 TB"],
])("in %s %i bytes are %s", (language, bytes, expected) => {
  expect(plain(createFormat(language).bytes(bytes))).toBe(expected);
});

test("a month is the same wherever one is", () => {
  expect(createFormat("en").month("2026-05")).toBe("May 2026");
  expect(createFormat("ja").month("2026-05")).toBe("2026年5月");
});

test.each([
  ["en", ["de-DE", "en-GB"], "en-GB"],
  ["en", ["de-DE"], "en"],
])("%s among %o is written as %s", (language, preferred, expected) => {
  expect(findRegion(language, preferred)).toBe(expected);
});

test("small costs are not rounded away", () => {
  expect(createFormat("en").dollars(0.0495)).toBe("$0.0495");
});
