import { useTranslation } from "react-i18next";
import { Icon } from "../ui/Icon";
import { useTitle } from "../ui/useTitle";
import { Gallery } from "./Gallery";

export default function GalleryPage() {
  const { t } = useTranslation();
  useTitle(t("nav.pictures"));
  return (
    <Gallery
      head={<h1 className="hidden-visually">{t("nav.pictures")}</h1>}
      empty={
        <div className="empty">
          <Icon name="pictures" size={48} />
          <h2>{t("gallery.empty")}</h2>
          <p>{t("gallery.emptyText")}</p>
        </div>
      }
    />
  );
}
