/** The part of the world that a map shows. */
import type { Box } from "./box";
import { project, unproject, wrap, type Position, type WorldPoint } from "./projection";

/** CSS pixels of the world at zoom 0, as tile servers have it. */
export const TILE_PIXELS = 256;

/** The greatest zoom: a pixel is 38 meters at the equator, and the cell of a place three pixels. */
export const MAX_ZOOM = 12;

/** The zoom that shows a single place with what is around it. */
const PLACE_ZOOM = 7;

/** The part of the size that a fitted box takes. */
const FILLED = 0.8;

export interface Size {
  width: number;
  height: number;
}

/** A point of the screen, from the upper left corner of the map. */
export interface ScreenPoint {
  left: number;
  top: number;
}

/** The point at the center, with `x` from 0 up to 1, and the zoom: each step doubles the scale. */
export interface Viewport extends WorldPoint {
  zoom: number;
}

/** CSS pixels of the width of the world. */
export function worldPixels({ zoom }: Viewport): number {
  return TILE_PIXELS * 2 ** zoom;
}

/** Return the viewport within the limits: the world fills the screen, and its ends stay outside. */
export function clampViewport({ x, y, zoom }: Viewport, { width, height }: Size): Viewport {
  const least = Math.max(0, Math.log2(Math.max(width, height, 1) / TILE_PIXELS));
  const clamped = Math.max(least, Math.min(Math.max(MAX_ZOOM, least), zoom));
  const half = Math.min(0.5, height / 2 / (TILE_PIXELS * 2 ** clamped));
  return { x: wrap(x), y: Math.max(half, Math.min(1 - half, y)), zoom: clamped };
}

/** Return where a point is on the screen, in the world whose copy is nearest to the center. */
export function toScreen(viewport: Viewport, { width, height }: Size, point: WorldPoint): ScreenPoint {
  const pixels = worldPixels(viewport);
  const dx = wrap(point.x - viewport.x + 0.5) - 0.5;
  return { left: width / 2 + dx * pixels, top: height / 2 + (point.y - viewport.y) * pixels };
}

/** Return the position at a point of the screen. */
export function toPosition(viewport: Viewport, { width, height }: Size, { left, top }: ScreenPoint): Position {
  const pixels = worldPixels(viewport);
  return unproject({
    x: viewport.x + (left - width / 2) / pixels,
    y: Math.max(0, Math.min(1, viewport.y + (top - height / 2) / pixels)),
  });
}

/** Move the map by CSS pixels, as a finger does. */
export function pan(viewport: Viewport, size: Size, dx: number, dy: number): Viewport {
  const pixels = worldPixels(viewport);
  return clampViewport({ ...viewport, x: viewport.x - dx / pixels, y: viewport.y - dy / pixels }, size);
}

/** Zoom by steps around a point of the screen, which stays where it is; around the center without it. */
export function zoomBy(viewport: Viewport, size: Size, steps: number, around?: ScreenPoint): Viewport {
  const { zoom } = clampViewport({ ...viewport, zoom: viewport.zoom + steps }, size);
  if (!around) return clampViewport({ ...viewport, zoom }, size);
  const moved = 1 / worldPixels(viewport) - 1 / (TILE_PIXELS * 2 ** zoom);
  const x = viewport.x + (around.left - size.width / 2) * moved;
  const y = viewport.y + (around.top - size.height / 2) * moved;
  return clampViewport({ x, y, zoom }, size);
}

/** Return the viewport that shows a box as large as possible. */
export function fitBox({ west, south, east, north }: Box, size: Size): Viewport {
  const upper = project({ latitude: north, longitude: west });
  const lower = project({ latitude: south, longitude: west <= east ? east : east + 360 });
  const scale = Math.min(size.width / (lower.x - upper.x), size.height / (lower.y - upper.y)) * FILLED;
  const zoom = Math.min(PLACE_ZOOM, Math.log2(scale / TILE_PIXELS));
  return clampViewport({ x: (upper.x + lower.x) / 2, y: (upper.y + lower.y) / 2, zoom }, size);
}

/** Return the viewport around a position. */
export function centerOn(position: Position, size: Size, zoom = PLACE_ZOOM): Viewport {
  return clampViewport({ ...project(position), zoom }, size);
}

/** Return the box that is visible; the whole globe if all meridians are. */
export function visibleBox(viewport: Viewport, size: Size): Box {
  const { latitude: north, longitude: west } = toPosition(viewport, size, { left: 0, top: 0 });
  const { latitude: south, longitude: east } = toPosition(viewport, size, { left: size.width, top: size.height });
  const isWhole = size.width >= worldPixels(viewport) - 1;
  return isWhole ? { west: -180, south, east: 180, north } : { west, south, east, north };
}

/** Return the viewport as in a URL: latitude, longitude and zoom. */
export function formatViewport(viewport: Viewport): string {
  const { latitude, longitude } = unproject(viewport);
  return `${latitude.toFixed(4)},${longitude.toFixed(4)},${viewport.zoom.toFixed(2)}`;
}

/** Parse what `formatViewport` returns; null if it is anything else. */
export function parseViewport(text: string | null): Viewport | null {
  const numbers = (text ?? "").split(",").map(Number);
  const [latitude, longitude, zoom] = numbers;
  if (!text || numbers.length !== 3 || !numbers.every(Number.isFinite)) return null;
  if (Math.abs(latitude!) > 90 || Math.abs(longitude!) > 180) return null;
  return { ...project({ latitude: latitude!, longitude: longitude! }), zoom: Math.max(0, Math.min(MAX_ZOOM, zoom!)) };
}
