import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import type { ImageView } from "../api/types";
import { useFormat } from "../i18n/format";
import { Icon } from "../ui/Icon";

// The map is loaded with the first photo that has a place.
const PlaceMap = lazy(() => import("../map/PlaceMap"));
const PlaceEditor = lazy(() => import("./PlaceEditor"));

/** Zoom of the large map around a photo. */
const MAP_ZOOM = 7;

/** Where a photo was taken, on a small map, with a form to correct it. */
export function Place({ image }: { image: ImageView }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [editing, setEditing] = useState(false);
  const { place } = image;
  if (editing) {
    return (
      <Suspense fallback={<div className="skeleton place-skeleton" />}>
        <PlaceEditor image={image} onDone={() => setEditing(false)} />
      </Suspense>
    );
  }
  return (
    <div className="place-details">
      {place && (
        <>
          <Suspense fallback={<div className="skeleton place-skeleton" />}>
            <PlaceMap position={place} />
          </Suspense>
          <p className="location">
            <bdi>
              {place.latitude.toFixed(5)}, {place.longitude.toFixed(5)}
            </bdi>
            {place.altitude != null && <span className="muted"> · {format.number(Math.round(place.altitude))} m</span>}{" "}
            <Link to={`/map?at=${place.latitude},${place.longitude},${MAP_ZOOM}`}>{t("capture.map")}</Link>{" "}
            <a
              href={`https://www.openstreetmap.org/?mlat=${place.latitude}&mlon=${place.longitude}#map=14/${place.latitude}/${place.longitude}`}
              target="_blank"
              rel="noreferrer noopener"
            >
              OpenStreetMap
            </a>
          </p>
        </>
      )}
      <button type="button" className="button compact" onClick={() => setEditing(true)}>
        <Icon name="pin" size={16} /> {t(place ? "place.correct" : "place.add")}
      </button>
    </div>
  );
}
