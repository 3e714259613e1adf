import { useTranslation } from "react-i18next";
import { Icon } from "../ui/Icon";
import { useDocumentTitle } from "../ui/useDocumentTitle";
import { Gallery } from "./Gallery";

export default function GalleryPage() {
  const { t } = useTranslation();
  useDocumentTitle(t("nav.photos"));
  return (
    <Gallery
      header={<h1 className="visually-hidden">{t("nav.photos")}</h1>}
      empty={
        <div className="empty-state">
          <Icon name="images" size={48} />
          <h2>{t("gallery.empty")}</h2>
          <p>{t("gallery.emptyText")}</p>
        </div>
      }
    />
  );
}
