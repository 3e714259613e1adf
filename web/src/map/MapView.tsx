import { useQuery } from "@tanstack/react-query";
import { useGesture } from "@use-gesture/react";
import { memo, type KeyboardEvent, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useServices } from "../services";
import { Icon } from "../ui/Icon";
import { fetchBaseMap, OVERHANG, PATH_UNITS } from "./baseMap";
import type { Position } from "./projection";
import { Tiles } from "./Tiles";
import type { MapState } from "./useMap";
import { MAX_ZOOM, pan, toPosition, worldPixels, zoomBy, type ScreenPoint, type Size, type Viewport } from "./viewport";
import "./map.css";

/** Pixels of the wheel that double the scale. */
const WHEEL_PIXELS = 300;

/** CSS pixels that an arrow key moves the map. */
const KEY_PIXELS = 80;

const KEYS: Record<string, (viewport: Viewport, size: Size) => Viewport> = {
  ArrowLeft: (viewport, size) => pan(viewport, size, KEY_PIXELS, 0),
  ArrowRight: (viewport, size) => pan(viewport, size, -KEY_PIXELS, 0),
  ArrowUp: (viewport, size) => pan(viewport, size, 0, KEY_PIXELS),
  ArrowDown: (viewport, size) => pan(viewport, size, 0, -KEY_PIXELS),
  "+": (viewport, size) => zoomBy(viewport, size, 1),
  "=": (viewport, size) => zoomBy(viewport, size, 1),
  "-": (viewport, size) => zoomBy(viewport, size, -1),
};

interface Props {
  map: MapState;
  label: string;
  /** What lies on the map. */
  children?: ReactNode;
  /** Further buttons, above those that zoom. */
  controls?: ReactNode;
  /** Called with the position that is clicked, or that the center has at Enter. */
  onPick?: (position: Position) => void;
  /** Whether the map cannot be moved or zoomed. */
  isStatic?: boolean;
}

/** A map that is moved by dragging, and zoomed by wheel, pinch, double click, buttons and keys. */
export function MapView({ map, label, children, controls, onPick, isStatic = false }: Props) {
  const { t } = useTranslation();
  const { element, size, viewport, change } = map;
  const { tiles } = useServices().config;
  const attribution = tiles && <p className="map-attribution">{tiles.attribution}</p>;
  const move = (update: (viewport: Viewport, size: Size) => Viewport) =>
    change((before, current) => before && update(before, current));
  const pointOf = (x: number, y: number): ScreenPoint => {
    const { left, top } = element.current!.getBoundingClientRect();
    return { left: x - left, top: y - top };
  };

  useGesture(
    {
      onDrag({ delta: [dx, dy], tap, pinching, cancel, xy: [x, y], event }) {
        if (pinching) return cancel();
        if (!tap) return move((before, current) => pan(before, current, dx, dy));
        const isControl = (event.target as Element).closest("a, button");
        if (onPick && viewport && !isControl) onPick(toPosition(viewport, size, pointOf(x, y)));
      },
      onPinch({ origin: [x, y], movement: [factor], first, memo }) {
        const steps = Math.log2(factor / (first ? 1 : (memo as number)));
        const point = pointOf(x, y);
        move((before, current) => zoomBy(before, current, steps, point));
        return factor;
      },
      onWheel({ event, delta: [, dy] }) {
        // The wheel with Ctrl is a pinch of a touchpad.
        if (event.ctrlKey) return;
        event.preventDefault();
        const point = pointOf(event.clientX, event.clientY);
        move((before, current) => zoomBy(before, current, -dy / WHEEL_PIXELS, point));
      },
    },
    { target: element, enabled: !isStatic, eventOptions: { passive: false }, drag: { filterTaps: true, pointer: { buttons: 1, keys: false } } },
  );

  function onKeyDown(event: KeyboardEvent) {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const update = KEYS[event.key];
    if (update) move(update);
    else if (event.key === "Enter" && onPick && viewport) onPick(toPosition(viewport, size, { left: size.width / 2, top: size.height / 2 }));
    else return;
    // The page has other uses for these keys.
    event.preventDefault();
    event.stopPropagation();
  }

  const content = viewport && size.width > 0 && (
    <>
      <BaseMap viewport={viewport} size={size} />
      {tiles && <Tiles url={tiles.url} viewport={viewport} size={size} />}
      {children}
    </>
  );
  if (isStatic) {
    return (
      <div className="map" role="img" aria-label={label}>
        <div ref={element} className="map-surface static">
          {content}
        </div>
        {attribution}
      </div>
    );
  }
  return (
    <div className="map">
      <div
        ref={element}
        className={`map-surface ${onPick ? "picking" : ""}`}
        role="application"
        aria-roledescription={t("map.role")}
        aria-label={label}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onDoubleClick={(event) => {
          const point = pointOf(event.clientX, event.clientY);
          if (!onPick) move((before, current) => zoomBy(before, current, 1, point));
        }}
      >
        {content}
      </div>
      {attribution}
      <div className="map-controls">
        {controls}
        <div className="map-zoom">
          <ZoomButton icon="plus" text={t("map.zoomIn")} disabled={!viewport || viewport.zoom >= MAX_ZOOM} onClick={() => move((before, current) => zoomBy(before, current, 1))} />
          <ZoomButton icon="minus" text={t("map.zoomOut")} disabled={!viewport || isWhole(viewport, size)} onClick={() => move((before, current) => zoomBy(before, current, -1))} />
        </div>
      </div>
    </div>
  );
}

/** Whether the world just fills the map. */
function isWhole(viewport: Viewport, { width, height }: Size): boolean {
  return worldPixels(viewport) <= Math.max(width, height) + 1;
}

interface ButtonProps {
  icon: "plus" | "minus";
  text: string;
  disabled: boolean;
  onClick: () => void;
}

function ZoomButton({ icon, text, disabled, onClick }: ButtonProps) {
  return (
    <button type="button" className="map-button" aria-label={text} title={text} aria-disabled={disabled} onClick={() => !disabled && onClick()}>
      <Icon name={icon} />
    </button>
  );
}

/** The outlines of all countries; the world is drawn again beyond its ends. */
export function BaseMap({ viewport, size: { width, height } }: { viewport: Viewport; size: Size }) {
  const { data: countries } = useQuery({
    queryKey: ["baseMap"],
    queryFn: ({ signal }) => fetchBaseMap(signal),
    staleTime: Infinity,
    gcTime: Infinity,
  });
  const pixels = worldPixels(viewport);
  const left = width / 2 - viewport.x * pixels;
  const top = height / 2 - viewport.y * pixels;
  const overhang = pixels * OVERHANG;
  const copies = [left - pixels, left, left + pixels].filter((each) => each - overhang < width && each + pixels + overhang > 0);
  return (
    <svg className="map-base" width={width} height={height} aria-hidden="true" focusable="false">
      {countries &&
        copies.map((each) => (
          <g key={Math.round((each - left) / pixels)} transform={`translate(${each} ${top}) scale(${pixels / PATH_UNITS})`}>
            <Countries paths={countries} />
          </g>
        ))}
    </svg>
  );
}

/** One path for each country, so that the browser draws only what is visible. */
const Countries = memo(function Countries({ paths }: { paths: readonly string[] }) {
  return paths.map((path, at) => <path key={at} d={path} />);
});
