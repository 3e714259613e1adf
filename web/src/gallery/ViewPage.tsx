import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useScope } from "../filters/scope";
import { EmptyState } from "../ui/EmptyState";
import { useDocumentTitle } from "../ui/useDocumentTitle";
import { Gallery } from "./Gallery";

/** The favorites or the archive, by the path. */
export default function ViewPage() {
  const { t } = useTranslation();
  const view = useScope().fixed.favorite ? "favorites" : "archive";
  const title = t(`nav.${view}`);
  useDocumentTitle(title);
  return (
    <Gallery
      key={view}
      header={<h1>{title}</h1>}
      empty={
        <EmptyState
          icon={view === "favorites" ? "heart" : "archive"}
          title={t(`${view}.empty`)}
          text={t(`${view}.emptyText`)}
          action={
            <Link className="button primary" to="/">
              {t("notFound.back")}
            </Link>
          }
        />
      }
    />
  );
}
