import { useTranslation } from "react-i18next";
import type { ImageSummary } from "../api/types";

/** Labels that name an image without a title. */
const NAMING_LABELS = 3;

/** Return an image's title, or else its most confident labels. */
export function useImageName({ title, labels }: Pick<ImageSummary, "title" | "labels">): string {
  const { t } = useTranslation();
  if (title) return title;
  return labels.slice(0, NAMING_LABELS).map((label) => label.name).join(", ") || t("photo.untitled");
}
