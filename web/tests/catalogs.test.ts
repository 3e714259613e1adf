import { describe, expect, test } from "vitest";
import { resolveLanguage, LANGUAGES, type Language } from "../src/i18n/languages";
import ar from "../src/i18n/locales/ar.json";
import arPages from "../src/i18n/locales/pages/ar.json";
import de from "../src/i18n/locales/de.json";
import dePages from "../src/i18n/locales/pages/de.json";
import en from "../src/i18n/locales/en.json";
import enPages from "../src/i18n/locales/pages/en.json";
import es from "../src/i18n/locales/es.json";
import esPages from "../src/i18n/locales/pages/es.json";
import ja from "../src/i18n/locales/ja.json";
import jaPages from "../src/i18n/locales/pages/ja.json";

/** The catalog of the first load, and that of the other pages. */
const CATALOGS: Record<Language, [object, object]> = {
  en: [en, enPages],
  de: [de, dePages],
  es: [es, esPages],
  ja: [ja, jaPages],
  ar: [ar, arPages],
};

const PLURAL = /_(zero|one|two|few|many|other)$/;

/** Map full keys to texts. */
function flatten(catalog: object, prefix = ""): Map<string, string> {
  return new Map(
    Object.entries(catalog).flatMap(([key, value]) =>
      typeof value === "string" ? [[prefix + key, value] as const] : [...flatten(value, `${prefix}${key}.`)],
    ),
  );
}

/** Fraction of texts that may be the same as in English. */
const MAX_EQUAL_TEXTS = 0.05;

const base = (key: string) => key.replace(PLURAL, "");
const variables = (text: string) => [...text.matchAll(/{{(\w+)}}/g)].map(([, name]) => name);

function flattenBoth([first, pages]: [object, object]): Map<string, string> {
  return new Map([...flatten(first), ...flatten(pages)]);
}

const english = flattenBoth(CATALOGS.en);
const counted = new Set([...english.keys()].filter((key) => PLURAL.test(key)).map(base));

describe.each(Object.keys(LANGUAGES) as Language[])("the catalog for %s", (language) => {
  const texts = flattenBoth(CATALOGS[language]);

  test("has every key, with every plural form of the language", () => {
    const plurals = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    const expected = [...english.keys()].flatMap((key) => {
      if (!counted.has(base(key))) return [key];
      return plurals.map((plural) => `${base(key)}_${plural}`);
    });
    expect([...texts.keys()].sort()).toEqual([...new Set(expected)].sort());
  });

  test("has no empty text", () => {
    expect([...texts].filter(([, text]) => text.trim() === "")).toEqual([]);
  });

  test("uses the same variables as English; a plural form may omit its count", () => {
    for (const [key, text] of texts) {
      const original = english.get(key) ?? english.get(`${base(key)}_other`) ?? "";
      const optional = counted.has(base(key)) ? ["count"] : [];
      const wanted = variables(original).filter((name) => !optional.includes(name!));
      const found = variables(text).filter((name) => !optional.includes(name!));
      expect([key, found.sort()]).toEqual([key, wanted.sort()]);
    }
  });

  test("is translated", () => {
    if (language === "en") return;
    const same = [...texts].filter(([key, text]) => english.get(key) === text && /[a-z]{4}/i.test(text));
    // Names, and words that are the same in both languages.
    expect(same.map(([key]) => key).length).toBeLessThan(texts.size * MAX_EQUAL_TEXTS);
  });
});

test("the two catalogs of a language share no key", () => {
  const first = flatten(en);
  expect([...flatten(enPages).keys()].filter((key) => first.has(key))).toEqual([]);
});

test.each<[string | null, string[], Language]>([
  ["ja", ["de"], "ja"],
  [null, ["fr-FR", "es-MX", "en"], "es"],
  [null, ["ar-EG"], "ar"],
  [null, ["fr"], "en"],
  ["xx", [], "en"],
])("the choice %s and the browser languages %o resolve to %s", (chosen, preferred, expected) => {
  expect(resolveLanguage(chosen, preferred)).toBe(expected);
});
