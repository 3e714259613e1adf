import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { navigate } from "wouter/use-browser-location";
import { useServices } from "../services";
import { EmptyState } from "../ui/EmptyState";
import { Icon } from "../ui/Icon";
import { LoadError } from "../ui/LoadError";
import { useDocumentTitle } from "../ui/useDocumentTitle";
import { boxAround, containsPosition, formatBox, joinBoxes, type Box } from "./box";
import { MapView } from "./MapView";
import { Markers } from "./Markers";
import { PlaceList } from "./PlaceList";
import { CELL_MARGIN, groupByName, placesQuery, type Library, type PlaceCount } from "./places";
import { useMap } from "./useMap";
import { fitBox, formatViewport, parseViewport, visibleBox, type Size, type Viewport } from "./viewport";
import "../gallery/gallery.css";

/** Time without a movement after which the URL has the part that is shown. */
const SETTLED_MILLISECONDS = 300;

const NO_PLACES: readonly PlaceCount[] = [];

/** Where the photos were taken, on a map and as a list. */
export default function MapPage() {
  const { t } = useTranslation();
  const { api, queries } = useServices();
  const { data: library, error, isError, refetch } = useQuery(placesQuery(api, queries));
  useDocumentTitle(t("nav.map"));
  if (isError && !library) {
    return (
      <main className="page" id="content">
        <h1>{t("nav.map")}</h1>
        <LoadError error={error} onRetry={() => void refetch()} />
      </main>
    );
  }
  if (library && !library.isPartial && library.places.length === 0) return <NoPlaces />;
  return <PlacesMap library={library ?? null} />;
}

function NoPlaces() {
  const { t } = useTranslation();
  return (
    <main className="page" id="content">
      <h1>{t("nav.map")}</h1>
      <EmptyState
        icon="pin"
        title={t("map.empty")}
        text={t("map.emptyText")}
        action={
          <Link className="button primary" to="/">
            {t("notFound.back")}
          </Link>
        }
      />
    </main>
  );
}

function PlacesMap({ library }: { library: Library | null }) {
  const { t } = useTranslation();
  const places = library?.places ?? NO_PLACES;
  // Only the first value counts: later ones are those of this map.
  const map = useMap(useMemo(() => parseViewport(new URLSearchParams(location.search).get("at")), []));
  const { viewport, size, change } = map;
  const isReady = size.width > 0 && places.length > 0;
  useEffect(() => {
    if (isReady) change((before, current) => before ?? showAll(places, current));
  }, [isReady, places, change]);
  useStoredViewport(viewport);

  const box = viewport && size.width > 0 ? visibleBox(viewport, size) : null;
  const visible = useMemo(() => groupByName(box ? places.filter((place) => containsPosition(box, place)) : places), [places, box && formatBox(box)]);
  const images = visible.reduce((sum, place) => sum + place.images, 0);
  return (
    <main className="map-page" id="content">
      <h1 className="visually-hidden">{t("nav.map")}</h1>
      <MapView
        map={map}
        label={t("map.label")}
        controls={
          <button type="button" className="map-button" aria-label={t("map.showAll")} title={t("map.showAll")} onClick={() => change((before, current) => (places.length > 0 ? showAll(places, current) : before))}>
            <Icon name="fullScreen" />
          </button>
        }
      >
        {viewport && <Markers places={places} viewport={viewport} size={size} />}
      </MapView>
      <section className="map-places" aria-labelledby="map-places-title">
        <div className="map-places-header">
          <h2 id="map-places-title">{t("map.places")}</h2>
          <p className="muted small" role="status">
            {library === null || library.isPartial ? t("loading") : t("map.visible", { count: images })}
          </p>
        </div>
        {library && visible.length === 0 && <p className="muted">{t("map.noneVisible")}</p>}
        <PlaceList places={visible} />
        {box && images > 0 && (
          <Link className="button" to={`/?bbox=${formatBox(box)}`}>
            <Icon name="images" size={18} /> {t("map.showPhotos", { count: images })}
          </Link>
        )}
        {library && library.withoutPosition > 0 && <p className="muted small">{t("map.withoutPlace", { count: library.withoutPosition })}</p>}
      </section>
    </main>
  );
}

/** Return the viewport with all places. */
function showAll(places: readonly PlaceCount[], size: Size): Viewport {
  const boxes: Box[] = places.map((place) => boxAround(place, CELL_MARGIN));
  return fitBox(boxes.reduce(joinBoxes), size);
}

/** Keep the viewport in the URL, so that going back to the map shows the same part. */
function useStoredViewport(viewport: Viewport | null): void {
  const at = viewport && formatViewport(viewport);
  useEffect(() => {
    if (!at) return;
    const timer = setTimeout(() => navigate(`/map?at=${at}`, { replace: true }), SETTLED_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [at]);
}
