import i18next, { type i18n } from "i18next";
import { initReactI18next } from "react-i18next";
import { catalogs, findLanguage, rememberLanguage, type Language } from "./languages";

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

/** Initialize i18next with the user's language. The other catalogs are loaded on demand. */
export async function initTranslations(): Promise<i18n> {
  const language = findLanguage();
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
  rememberLanguage(language);
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
