import { useTranslation } from "react-i18next";
import type { ImageView } from "../api/types";
import { Icon } from "../ui/Icon";
import { CaptureDetails } from "./CaptureDetails";
import { Downloads } from "./Downloads";
import { Duplicates } from "./Duplicates";
import { ImageAlbums } from "./ImageAlbums";
import { Labels } from "./Labels";
import { Processing } from "./Processing";
import { Recognition } from "./Recognition";
import type { HighlightProps } from "./regions";
import { TitleEditor } from "./TitleEditor";

/** All details of an image, next to it or below it on a narrow screen; a skeleton until the image is loaded. */
export function DetailsPanel({ image, onClose, ...highlight }: { image: ImageView | null; onClose: () => void } & HighlightProps) {
  const { t } = useTranslation();
  return (
    <aside className="details-panel" aria-label={t("photo.details")} aria-busy={image === null}>
      <div className="details-header">
        <h2 className="grow">{t("photo.details")}</h2>
        <button type="button" className="button plain icon" aria-label={t("photo.closeDetails")} title={t("photo.closeDetails")} onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      {image ? <Details image={image} {...highlight} /> : <div className="skeleton details-skeleton" />}
    </aside>
  );
}

function Details({ image, ...highlight }: { image: ImageView } & HighlightProps) {
  return (
    <>
      <TitleEditor image={image} />
      {image.damaged && <DamagedHint />}
      {/* Processing comes first while it is unfinished or failed. */}
      {image.status !== "ready" && <Processing image={image} />}
      <Labels image={image} {...highlight} />
      <Recognition image={image} {...highlight} />
      <ImageAlbums image={image} />
      <CaptureDetails image={image} />
      <Duplicates image={image} />
      <Downloads image={image} />
      {image.status === "ready" && <Processing image={image} />}
    </>
  );
}

/** Explains why a part of the photo is gray. */
function DamagedHint() {
  const { t } = useTranslation();
  return (
    <p className="damaged-hint small" role="note">
      <Icon name="warning" size={16} /> {t("photo.damaged")}
    </p>
  );
}
