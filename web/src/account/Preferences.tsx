import { useId } from "react";
import { useTranslation } from "react-i18next";
import { setLanguage } from "../i18n";
import { LANGUAGES, type Language } from "../i18n/languages";
import { useStore } from "../useStore";
import { theme, type Theme } from "../theme";

const THEMES: readonly Theme[] = ["system", "light", "dark"];

export function LanguageChooser() {
  const { t, i18n } = useTranslation();
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{t("language")}</label>
      <select
        id={id}
        className="input"
        value={i18n.language}
        onChange={(event) => void setLanguage(event.target.value as Language)}
      >
        {Object.entries(LANGUAGES).map(([language, name]) => (
          <option key={language} value={language} lang={language}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}

export function ThemeChooser() {
  const { t } = useTranslation();
  const chosen = useStore(theme);
  return (
    <fieldset className="field">
      <legend className="label">{t("theme.label")}</legend>
      <div className="segmented-control">
        {THEMES.map((each) => (
          <label key={each}>
            <input
              type="radio"
              name="theme"
              checked={chosen === each}
              onChange={() => theme.set(each)}
            />
            <span>{t(`theme.${each}`)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
