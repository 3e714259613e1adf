import { expect, test } from "vitest";
import { createFormat, resolveLocale } from "../src/i18n/format";

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");

test.each([
  ["en", 0, "0 bytes"],
  ["en", 1, "1 byte"],
  ["en", 999, "999 bytes"],
  ["en", 1_500, "2 kB"],
  ["en", 1_250_000, "1.3 MB"],
  ["de", 1_250_000, "1,3 MB"],
  ["en", 7e15, "7,000 TB"],
])("in %s, %i bytes are %s", (language, bytes, expected) => {
  expect(plain(createFormat(language).bytes(bytes))).toBe(expected);
});

test("a month does not depend on the time zone", () => {
  expect(createFormat("en").month("2026-05")).toBe("May 2026");
  expect(createFormat("ja").month("2026-05")).toBe("2026年5月");
});

test.each([
  ["en", ["de-DE", "en-GB"], "en-GB"],
  ["en", ["de-DE"], "en"],
])("%s with the browser languages %o resolves to %s", (language, preferred, expected) => {
  expect(resolveLocale(language, preferred)).toBe(expected);
});

test("small costs are not rounded to zero", () => {
  expect(createFormat("en").dollars(0.0495)).toBe("$0.0495");
});
