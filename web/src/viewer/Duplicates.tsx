import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useDuplicates } from "../api/useImages";
import type { ImageSummary, ImageView } from "../api/types";
import { Thumbnail } from "../gallery/Thumbnail";
import { useImageName } from "../gallery/useImageName";
import { useErrorMessage } from "../ui/errorMessages";
import { Section } from "./Section";
import "../gallery/gallery.css";

/** Displayed width of a thumbnail in CSS pixels. */
const THUMBNAIL_WIDTH = 72;

/** Other images of the same scene. They are searched for on request, because a search costs many reads. */
export function Duplicates({ image }: { image: ImageView }) {
  const { t } = useTranslation();
  const [searched, setSearched] = useState<string | null>(null);
  // An image is compared by its renditions.
  if (image.renditions.state !== "succeeded") return null;
  return (
    <Section title={t("duplicates.title")}>
      {searched === image.id ? (
        <DuplicateList id={image.id} />
      ) : (
        <button type="button" className="button compact" onClick={() => setSearched(image.id)}>
          {t("duplicates.find")}
        </button>
      )}
    </Section>
  );
}

function DuplicateList({ id }: { id: string }) {
  const { t } = useTranslation();
  const describeError = useErrorMessage();
  const { duplicates, isPending, error } = useDuplicates(id);
  const text = error ? describeError(error) : t("duplicates.none");
  return (
    <div className="duplicates" role="status" aria-busy={isPending}>
      {duplicates.map((image) => (
        <DuplicateLink key={image.id} image={image} />
      ))}
      {!isPending && duplicates.length === 0 && <p className="muted small">{text}</p>}
    </div>
  );
}

function DuplicateLink({ image }: { image: ImageSummary }) {
  const name = useImageName(image);
  return (
    <Link to={`/photos/${image.id}`} title={name}>
      <Thumbnail image={image} width={THUMBNAIL_WIDTH} alt={name} />
    </Link>
  );
}
