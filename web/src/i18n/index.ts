import i18next, { type i18n } from "i18next";
import { initReactI18next } from "react-i18next";

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

const catalogs: Record<Language, () => Promise<{ default: object }>> = {
  en: () => import("./locales/en.json"),
  de: () => import("./locales/de.json"),
  es: () => import("./locales/es.json"),
  ja: () => import("./locales/ja.json"),
  ar: () => import("./locales/ar.json"),
};

/** Texts that the gallery and sign-in do not show at first, which keeps the first load small. */
const pageCatalogs: Record<Language, () => Promise<{ default: object }>> = {
  en: () => import("./locales/pages/en.json"),
  de: () => import("./locales/pages/de.json"),
  es: () => import("./locales/pages/es.json"),
  ja: () => import("./locales/pages/ja.json"),
  ar: () => import("./locales/pages/ar.json"),
};

/** Whether a page has been opened that requires the texts of pages. */
let isExtended = false;

/** Return the chosen language, else the browser's first supported language, else English. */
export function resolveLanguage(chosen: string | null, preferred: readonly string[]): Language {
  const candidates = [chosen ?? "", ...preferred].map((tag) => tag.toLowerCase().split("-")[0] ?? "");
  return candidates.find(isLanguage) ?? "en";
}

/** Initialize i18next with the user's language. The other catalogs are loaded on demand. */
export async function initTranslations(): Promise<i18n> {
  const language = resolveLanguage(localStorage.getItem(STORAGE_KEY), navigator.languages);
  const { default: translation } = await catalogs[language]();
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    resources: { [language]: { translation } },
    interpolation: { escapeValue: false },
    returnEmptyString: false,
  });
  applyLanguage(language);
  return i18next;
}

export async function setLanguage(language: Language): Promise<void> {
  const { default: translation } = await catalogs[language]();
  i18next.addResourceBundle(language, "translation", translation, true);
  if (isExtended) await extendCatalog(language);
  await i18next.changeLanguage(language);
  localStorage.setItem(STORAGE_KEY, language);
  applyLanguage(language);
}

/** Load the texts of pages, in the current language and in every language chosen later. */
export async function loadPageTexts(): Promise<void> {
  isExtended = true;
  await extendCatalog(i18next.language as Language);
}

async function extendCatalog(language: Language): Promise<void> {
  const { default: translation } = await pageCatalogs[language]();
  i18next.addResourceBundle(language, "translation", translation, true);
}

function applyLanguage(language: Language): void {
  document.documentElement.lang = language;
  document.documentElement.dir = i18next.dir(language);
}

function isLanguage(tag: string): tag is Language {
  return tag in LANGUAGES;
}
