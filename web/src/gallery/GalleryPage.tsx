import { useTranslation } from "react-i18next";
import { Icon } from "../ui/Icon";
import { uploadDialog } from "../uploads/uploadDialog";
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
          <span className="empty-icon">
            <Icon name="images" size={40} />
          </span>
          <h2>{t("gallery.empty")}</h2>
          <p>{t("gallery.emptyText")}</p>
          <button type="button" className="button primary" onClick={() => uploadDialog.set(true)}>
            <Icon name="upload" size={18} /> {t("upload.open")}
          </button>
        </div>
      }
    />
  );
}
