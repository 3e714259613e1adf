import { useTranslation } from "react-i18next";
import { Field } from "../account/Form";
import { useFormat } from "../i18n/format";
import { changeSettings, LIFETIMES, MIN_PASSWORD_LENGTH, type ShareSettings } from "./shareSettings";
import { VisibilityFields } from "./VisibilityFields";

interface Props {
  settings: ShareSettings;
  onSettings: (settings: ShareSettings) => void;
  /** Of an existing link: when it expires, and whether it has a password already. */
  existing?: { expiry: string; hasPassword: boolean };
}

/** Fields for the expiry, the password, and what visitors get. */
export function ShareSettingsFields({ settings, onSettings, existing }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const change = (part: Partial<ShareSettings>) => onSettings(changeSettings(settings, part));
  const keepsPassword = existing?.hasPassword ?? false;
  return (
    <>
      <label className="field">
        <span className="label">{t("share.expires")}</span>
        <select
          className="input"
          value={settings.days ?? "never"}
          onChange={({ target: { value } }) => change({ days: value === "never" ? null : value === "keep" ? "keep" : Number(value) })}
        >
          {existing && <option value="keep">{t("share.keepExpiry", { date: existing.expiry })}</option>}
          {LIFETIMES.map((days) => (
            <option key={days} value={days}>
              {t("share.after", { days: format.days(days) })}
            </option>
          ))}
          <option value="never">{t("share.never")}</option>
        </select>
      </label>
      <label className="check">
        <input type="checkbox" checked={settings.protect} onChange={(event) => change({ protect: event.target.checked })} />
        {t("share.protect")}
      </label>
      {settings.protect && (
        <Field
          label={t("share.password")}
          hint={keepsPassword ? t("share.keepPassword") : t("share.passwordRule", { count: MIN_PASSWORD_LENGTH })}
          // Shown, because the owner has to pass it on.
          type="text"
          autoComplete="off"
          dir="ltr"
          required={!keepsPassword}
          minLength={MIN_PASSWORD_LENGTH}
          maxLength={200}
          value={settings.password}
          onValue={(password) => change({ password })}
        />
      )}
      <VisibilityFields legend={t("share.visitorsSee")} visibility={settings} onChange={change} />
    </>
  );
}
