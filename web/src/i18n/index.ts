import i18next, { type i18n } from "i18next";
import { initReactI18next } from "react-i18next";

/** Languages by their own names. */
export const LANGUAGES = {
  en: "English",
  de: "Deutsch",
  es: "Español",
  ja: "日本語",
  ar: "العربية",
} as const;

export type Language = keyof typeof LANGUAGES;

const KEY = "sightline.language";

const catalogues: Record<Language, () => Promise<{ default: object }>> = {
  en: () => import("./locales/en.json"),
  de: () => import("./locales/de.json"),
  es: () => import("./locales/es.json"),
  ja: () => import("./locales/ja.json"),
  ar: () => import("./locales/ar.json"),
};

/** The language that was chosen here, or the first of the browser's that there is. */
export function findLanguage(chosen: string | null, preferred: readonly string[]): Language {
  const wanted = [chosen ?? "", ...preferred].map((tag) => tag.toLowerCase().split("-")[0] ?? "");
  return wanted.find(isLanguage) ?? "en";
}

/** Texts in the language of whoever looks. One catalogue is loaded, the others when they are asked for. */
export async function startTexts(): Promise<i18n> {
  const language = findLanguage(localStorage.getItem(KEY), navigator.languages);
  const { default: translation } = await catalogues[language]();
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

export async function chooseLanguage(language: Language): Promise<void> {
  const { default: translation } = await catalogues[language]();
  i18next.addResourceBundle(language, "translation", translation);
  await i18next.changeLanguage(language);
  localStorage.setItem(KEY, language);
  applyLanguage(language);
}

function applyLanguage(language: Language): void {
  document.documentElement.lang = language;
  document.documentElement.dir = i18next.dir(language);
}

function isLanguage(tag: string): tag is Language {
  return tag in LANGUAGES;
}
