import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Form } from "../account/Form";
import { EMAIL_KINDS, useChangeNotifications, useNotifications, type EmailNotifications } from "../api/notifications";
import { LANGUAGES, type Language } from "../i18n/languages";
import { QueryState } from "../ui/QueryState";
import { showToast } from "../ui/toasts";

/** What Sightline sends by email. */
export function NotificationsSection() {
  const { t } = useTranslation();
  const notifications = useNotifications();
  return (
    <section className="card stack">
      <div>
        <h2>{t("settings.notifications")}</h2>
        <p className="muted">{t("notifications.text")}</p>
      </div>
      <QueryState query={notifications} height={200} />
      {notifications.data && <NotificationsForm stored={notifications.data} />}
    </section>
  );
}

function NotificationsForm({ stored }: { stored: EmailNotifications }) {
  const { t, i18n } = useTranslation();
  const change = useChangeNotifications();
  const [kinds, setKinds] = useState(stored.kinds);
  // Nothing was stored yet: the language of the application is the better choice.
  const [language, setLanguage] = useState<Language>(stored.email ? stored.language : (i18n.language as Language));
  const toggle = (kind: (typeof EMAIL_KINDS)[number], on: boolean) =>
    setKinds((chosen) => EMAIL_KINDS.filter((each) => (each === kind ? on : chosen.includes(each))));
  const to = stored.kinds.length > 0 && stored.email ? t("notifications.to", { email: stored.email }) : t("notifications.none");
  return (
    <Form
      submit={t("save")}
      onSubmit={async () => {
        await change.mutateAsync({ kinds: [...kinds], language });
        showToast({ text: t("notifications.saved") });
      }}
    >
      <fieldset className="checks">
        <legend className="visually-hidden">{t("notifications.text")}</legend>
        {EMAIL_KINDS.map((kind) => (
          <label key={kind} className="check">
            <input type="checkbox" checked={kinds.includes(kind)} onChange={(event) => toggle(kind, event.target.checked)} />
            {t(`notifications.kind.${kind}`)}
          </label>
        ))}
      </fieldset>
      <label className="field">
        <span className="label">{t("notifications.language")}</span>
        <select className="input" value={language} onChange={(event) => setLanguage(event.target.value as Language)}>
          {Object.entries(LANGUAGES).map(([code, name]) => (
            <option key={code} value={code} lang={code}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <p className="muted small" dir="auto">
        {to}
      </p>
    </Form>
  );
}
