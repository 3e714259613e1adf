import type en from "./locales/en.json";
import type pages from "./locales/pages/en.json";

declare module "i18next" {
  interface CustomTypeOptions {
    resources: { translation: typeof en & typeof pages };
  }
}
