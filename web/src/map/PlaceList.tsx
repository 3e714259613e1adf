import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { formatBox } from "./box";
import { PlacePhoto } from "./PlacePhoto";
import type { NamedPlace } from "./places";
import { usePlaceName } from "./usePlaceName";

/** Places that are shown at first, and with each press of the button. */
const STEP = 30;

/** CSS pixels of the photo of a place. */
const PHOTO_PIXELS = 56;

/** The places of the visible part of the map, with links to their photos. */
export function PlaceList({ places }: { places: readonly NamedPlace[] }) {
  const { t } = useTranslation();
  const nameOf = usePlaceName();
  const [shown, setShown] = useState(STEP);
  return (
    <>
      <ul className="place-list">
        {places.slice(0, shown).map(({ key, name, images, image_id, box }) => {
          const { title, country } = nameOf(name);
          return (
            <li key={key}>
              <Link className="place" to={`/?bbox=${formatBox(box)}`}>
                <PlacePhoto id={image_id} width={PHOTO_PIXELS} />
                <span className="place-text">
                  <span className="place-title" dir="auto">
                    {title}
                  </span>
                  <span className="muted small">
                    {country && (
                      <>
                        <bdi>{country}</bdi> ·{" "}
                      </>
                    )}
                    {t("photos", { count: images })}
                  </span>
                </span>
              </Link>
            </li>
          );
        })}
      </ul>
      {places.length > shown && (
        <button type="button" className="button" onClick={() => setShown(shown + STEP)}>
          {t("map.more")}
        </button>
      )}
    </>
  );
}
