import { useEffect, useRef, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { Thumbnail } from "../gallery/Thumbnail";
import type { SharedImages, SharedImageSummary } from "./publicApi";

/** Height of a row before it is justified, CSS pixels. */
const ROW_HEIGHT = 200;

/** Ratio of an image whose size is unknown. */
const DEFAULT_RATIO = 4 / 3;

/** How far before its end the next page is loaded. */
const PRELOAD_MARGIN = "800px";

interface Props {
  shared: SharedImages;
  images: readonly SharedImageSummary[];
  /** Loads the next page; null if there is none. */
  onEnd: (() => void) | null;
  /** Renders what is above an image. */
  mark?: (image: SharedImageSummary, name: string) => ReactNode;
}

/** Images in justified rows. */
export function PublicGrid({ shared, images, onEnd, mark }: Props) {
  const { t } = useTranslation();
  const end = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (!onEnd || !end.current) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && onEnd(), { rootMargin: PRELOAD_MARGIN });
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [onEnd]);
  return (
    <ul className="public-grid">
      {images.map((image, index) => {
        const ratio = image.width && image.height ? image.width / image.height : DEFAULT_RATIO;
        const name = image.title ?? t("public.numbered", { number: index + 1 });
        return (
          <li key={image.id} style={{ flexGrow: ratio, flexBasis: ratio * ROW_HEIGHT, aspectRatio: ratio }}>
            <Link to={shared.imagePath(image)} aria-label={name} state={{ fromList: true }}>
              <Thumbnail image={image} width={ratio * ROW_HEIGHT * 1.3} alt="" />
            </Link>
            {mark?.(image, name)}
          </li>
        );
      })}
      <li ref={end} className="public-grid-end" aria-hidden="true" />
    </ul>
  );
}
