/** A zoomed image. `scale` is relative to the size at which it fits; the offset of its center is in pixels. */
export interface View {
  scale: number;
  x: number;
  y: number;
}

export const FIT: View = { scale: 1, x: 0, y: 0 };

export interface Size {
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

/** Greatest zoom, relative to the pixels of the original. */
const MAX_ZOOM = 4;

/** Scale of a double tap if an image has hardly more pixels than are shown. */
const MIN_DOUBLE_TAP = 2;

/** Return the scale at which a pixel of the original is a pixel of the screen. */
export function fullScale(frame: Size, original: Size, pixelRatio: number): number {
  return frame.width > 0 ? original.width / (frame.width * pixelRatio) : 1;
}

export function maxScale(full: number): number {
  return Math.max(MAX_ZOOM, MAX_ZOOM * full);
}

/** Change the scale so that what is at a point stays there. The point is in pixels from the center of the stage. */
export function zoomAt(view: View, scale: number, point: Point, limit: number): View {
  const next = Math.min(limit, Math.max(1, scale));
  const factor = next / view.scale;
  return { scale: next, x: point.x - (point.x - view.x) * factor, y: point.y - (point.y - view.y) * factor };
}

/** Keep the image on the stage: its edges do not come further in than those of the stage. */
export function clampView(view: View, frame: Size, stage: Size): View {
  const limit = (side: "width" | "height") => Math.max(0, (frame[side] * view.scale - stage[side]) / 2);
  const clamp = (value: number, most: number) => Math.min(most, Math.max(-most, value));
  return { scale: view.scale, x: clamp(view.x, limit("width")), y: clamp(view.y, limit("height")) };
}

/** Return the view after a double tap: 100 %, or back to the size that fits. */
export function toggleZoom(view: View, full: number, point: Point): View {
  if (view.scale > 1) return FIT;
  return zoomAt(view, Math.max(MIN_DOUBLE_TAP, full), point, maxScale(full));
}

/** What a drag that ends on an image that fits does. */
export type Swipe = "previous" | "next" | "close" | null;

/** Distances of a swipe in pixels, and its least speed in pixels per millisecond. */
const SWIPE_PIXELS = 80;
const CLOSE_PIXELS = 120;
const SWIPE_SPEED = 0.5;

/** Interpret a drag by its distance and its speed. */
export function findSwipe(moved: Point, speed: Point, rtl: boolean): Swipe {
  const across = Math.abs(moved.x);
  if (moved.y > CLOSE_PIXELS && moved.y > 2 * across) return "close";
  const isFast = across > 20 && speed.x > SWIPE_SPEED;
  if (across < 2 * Math.abs(moved.y) || (across < SWIPE_PIXELS && !isFast)) return null;
  return moved.x > 0 === rtl ? "next" : "previous";
}
