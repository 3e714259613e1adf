import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "../ui/Icon";
import { MapView } from "./MapView";
import { project, type Position } from "./projection";
import { useMap } from "./useMap";
import { centerOn, clampViewport, toScreen } from "./viewport";

/** The zoom around the place of a photo: a country, as the base map has nothing smaller. */
const ZOOM = 5;

interface Props {
  /** Where the pin is; null without one. */
  position: Position | null;
  onPick?: (position: Position) => void;
}

/** A small map with a pin, which `onPick` can place. */
export default function PlaceMap({ position, onPick }: Props) {
  const { t } = useTranslation();
  const map = useMap();
  const { viewport, size, change } = map;
  const isMeasured = size.width > 0;
  useEffect(() => {
    if (!isMeasured) return;
    change((before, current) => {
      if (!position) return before ?? clampViewport({ x: 0.5, y: 0.42, zoom: 0 }, current);
      if (!before) return centerOn(position, current, ZOOM);
      // A pin that was placed with a click is visible; one that was typed may not be.
      const { left, top } = toScreen(before, current, project(position));
      const isVisible = left >= 0 && left <= current.width && top >= 0 && top <= current.height;
      return isVisible ? before : centerOn(position, current, before.zoom);
    });
  }, [isMeasured, position?.latitude, position?.longitude, change]);
  const pin = position && viewport && toScreen(viewport, size, project(position));
  return (
    <div className="place-map">
      <MapView map={map} label={t(onPick ? "place.pick" : "map.label")} isStatic={!onPick} {...(onPick ? { onPick } : {})}>
        {pin && (
          <span className="place-pin" style={{ transform: `translate(${pin.left}px, ${pin.top}px)` }}>
            <Icon name="pin" size={30} />
          </span>
        )}
      </MapView>
    </div>
  );
}
