import { useMemo, type CSSProperties } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useFormat } from "../i18n/format";
import { formatBox } from "./box";
import { Clusters } from "./clusters";
import { PlacePhoto } from "./PlacePhoto";
import type { PlaceCount } from "./places";
import { project } from "./projection";
import { usePlaceName } from "./usePlaceName";
import { toScreen, visibleBox, type Size, type Viewport } from "./viewport";

/** CSS pixels of the photo of a marker. */
const PHOTO_PIXELS = 48;

interface Props {
  places: readonly PlaceCount[];
  viewport: Viewport;
  size: Size;
}

/** The places that are visible, those close to each other as one. The list of places has the same links. */
export function Markers({ places, viewport, size }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const nameOf = usePlaceName();
  const clusters = useMemo(() => new Clusters(places), [places]);
  const shown = clusters.find(visibleBox(viewport, size), viewport.zoom);
  return (
    <ul className="markers" aria-hidden="true" style={{ "--width": `${size.width}px` } as CSSProperties}>
      {shown.map(({ key, latitude, longitude, images, image_id, box, name }) => {
        const { left, top } = toScreen(viewport, size, project({ latitude, longitude }));
        const { title } = nameOf(name);
        const style = { "--left": `${left}px`, transform: `translate(${left}px, ${top}px)`, zIndex: Math.round(top) } as CSSProperties;
        return (
          <li key={key} className="marker" style={style}>
            <Link
              className="marker-link"
              to={`/?bbox=${formatBox(box)}`}
              tabIndex={-1}
              draggable={false}
              title={`${title} · ${t("photos", { count: images })}`}
            >
              <PlacePhoto id={image_id} width={PHOTO_PIXELS} />
              {images > 1 && <span className="marker-count">{format.number(images)}</span>}
              {name.city && (
                <span className="marker-name" dir="auto">
                  {title}
                </span>
              )}
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
