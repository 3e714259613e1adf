/** The languages of the application, without i18next: the texts are requested before it is loaded. */

/** Supported languages and their native names. */
export const LANGUAGES = {
  en: "English",
  de: "Deutsch",
  es: "Español",
  ja: "日本語",
  ar: "العربية",
} as const;

export type Language = keyof typeof LANGUAGES;

const STORAGE_KEY = "sightline.language";

/** The texts that every page needs, loaded on demand. */
export const catalogs: Record<Language, () => Promise<{ default: object }>> = {
  en: () => import("./locales/en.json"),
  de: () => import("./locales/de.json"),
  es: () => import("./locales/es.json"),
  ja: () => import("./locales/ja.json"),
  ar: () => import("./locales/ar.json"),
};

/** Return the chosen language, else the browser's first supported language, else English. */
export function resolveLanguage(chosen: string | null, preferred: readonly string[]): Language {
  const candidates = [chosen ?? "", ...preferred].map((tag) => tag.toLowerCase().split("-")[0] ?? "");
  return candidates.find(isLanguage) ?? "en";
}

/** Return the language of this browser's user. */
export function findLanguage(): Language {
  return resolveLanguage(localStorage.getItem(STORAGE_KEY), navigator.languages);
}

export function rememberLanguage(language: Language): void {
  localStorage.setItem(STORAGE_KEY, language);
}

function isLanguage(tag: string): tag is Language {
  return tag in LANGUAGES;
}
