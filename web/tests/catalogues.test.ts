import { describe, expect, test } from "vitest";
import { findLanguage, LANGUAGES, type Language } from "../src/i18n";
import ar from "../src/i18n/locales/ar.json";
import de from "../src/i18n/locales/de.json";
import en from "../src/i18n/locales/en.json";
import es from "../src/i18n/locales/es.json";
import ja from "../src/i18n/locales/ja.json";

const CATALOGUES: Record<Language, object> = { en, de, es, ja, ar };

const PLURAL = /_(zero|one|two|few|many|other)$/;

/** Texts by their whole keys. */
function flatten(catalogue: object, prefix = ""): Map<string, string> {
  return new Map(
    Object.entries(catalogue).flatMap(([key, value]) =>
      typeof value === "string" ? [[prefix + key, value] as const] : [...flatten(value, `${prefix}${key}.`)],
    ),
  );
}

const base = (key: string) => key.replace(PLURAL, "");
const variables = (text: string) => [...text.matchAll(/{{(\w+)}}/g)].map(([, name]) => name);

const english = flatten(en);
const counted = new Set([...english.keys()].filter((key) => PLURAL.test(key)).map(base));

describe.each(Object.keys(LANGUAGES) as Language[])("the catalogue of %s", (language) => {
  const texts = flatten(CATALOGUES[language]);

  test("has the keys of all others, and every plural that the language has", () => {
    const plurals = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    const expected = [...english.keys()].flatMap((key) => {
      if (!counted.has(base(key))) return [key];
      return plurals.map((plural) => `${base(key)}_${plural}`);
    });
    expect([...texts.keys()].sort()).toEqual([...new Set(expected)].sort());
  });

  test("leaves nothing empty", () => {
    expect([...texts].filter(([, text]) => text.trim() === "")).toEqual([]);
  });

  test("puts in what is put in elsewhere; a plural may spell its number", () => {
    for (const [key, text] of texts) {
      const original = english.get(key) ?? english.get(`${base(key)}_other`) ?? "";
      const optional = counted.has(base(key)) ? ["count"] : [];
      const wanted = variables(original).filter((name) => !optional.includes(name!));
      const found = variables(text).filter((name) => !optional.includes(name!));
      expect([key, found.sort()]).toEqual([key, wanted.sort()]);
    }
  });

  test("is not another's", () => {
    if (language === "en") return;
    const same = [...texts].filter(([key, text]) => english.get(key) === text && /[a-z]{4}/i.test(text));
    // Names, and words that two languages share.
    expect(same.map(([key]) => key).length).toBeLessThan(14);
  });
});

test.each<[string | null, string[], Language]>([
  ["ja", ["de"], "ja"],
  [null, ["fr-FR", "es-MX", "en"], "es"],
  [null, ["ar-EG"], "ar"],
  [null, ["fr"], "en"],
  ["xx", [], "en"],
])("of the choice %s and the browser's %o it is %s", (chosen, preferred, expected) => {
  expect(findLanguage(chosen, preferred)).toBe(expected);
});
