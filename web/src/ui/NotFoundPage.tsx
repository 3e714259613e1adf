import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { Icon } from "./Icon";

export default function NotFoundPage() {
  const { t } = useTranslation();
  return (
    <main className="empty-state" id="content">
      <span className="empty-icon">
        <Icon name="search" size={40} />
      </span>
      <h1>{t("notFound.title")}</h1>
      <p>{t("notFound.text")}</p>
      <Link className="button primary" to="/">
        {t("notFound.back")}
      </Link>
    </main>
  );
}
