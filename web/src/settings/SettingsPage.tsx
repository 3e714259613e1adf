import { useTranslation } from "react-i18next";
import { Link, useParams } from "wouter";
import { ApiKeys } from "../account/ApiKeys";
import { LanguageChooser, ThemeChooser } from "../account/Preferences";
import { Icon, type IconName } from "../ui/Icon";
import NotFoundPage from "../ui/NotFoundPage";
import { useDocumentTitle } from "../ui/useDocumentTitle";
import { AccountSection } from "./AccountSection";
import { NotificationsSection } from "./NotificationsSection";
import { WebhooksSection } from "./WebhooksSection";
import "../account/account.css";
import "./settings.css";

const SECTIONS = ["account", "appearance", "notifications", "apiKeys", "webhooks"] as const;

type Section = (typeof SECTIONS)[number];

/** Last part of the path of each section. */
const SLUGS: Record<Section, string> = {
  account: "account",
  appearance: "appearance",
  notifications: "notifications",
  apiKeys: "api-keys",
  webhooks: "webhooks",
};

const ICONS: Record<Section, IconName> = {
  account: "user",
  appearance: "eye",
  notifications: "bell",
  apiKeys: "key",
  webhooks: "webhook",
};

/** The settings, one section at a time. */
export default function SettingsPage() {
  const { t } = useTranslation();
  const { section: slug = SLUGS.account } = useParams();
  const section = SECTIONS.find((each) => SLUGS[each] === slug);
  useDocumentTitle(t("nav.settings"));
  if (!section) return <NotFoundPage />;
  return (
    <main className="page stack" id="content">
      <h1>{t("nav.settings")}</h1>
      <div className="settings">
        <nav className="settings-nav" aria-label={t("nav.settings")}>
          {SECTIONS.map((each) => (
            <Link key={each} className="tab" to={`/settings/${SLUGS[each]}`} aria-current={each === section ? "page" : undefined}>
              <Icon name={ICONS[each]} />
              <span>{t(`settings.${each}`)}</span>
            </Link>
          ))}
        </nav>
        <div className="stack">
          {section === "account" && <AccountSection />}
          {section === "appearance" && <AppearanceSection />}
          {section === "notifications" && <NotificationsSection />}
          {section === "apiKeys" && <ApiKeys />}
          {section === "webhooks" && <WebhooksSection />}
        </div>
      </div>
    </main>
  );
}

function AppearanceSection() {
  const { t } = useTranslation();
  return (
    <section className="card stack">
      <h2>{t("account.appearance")}</h2>
      <ThemeChooser />
      <LanguageChooser />
    </section>
  );
}
