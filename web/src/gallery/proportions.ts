/** The proportions of images in the grid, as far as they are known before it is laid out. */
import type { ImageSummary } from "../api/types";
import type { Density } from "./preferences";

/** Maximum height of a row of images in pixels, on narrow and on wide screens. */
const ROW_HEIGHTS: Record<Density, readonly [number, number]> = {
  comfortable: [200, 320],
  regular: [124, 220],
  compact: [84, 140],
};

/** Width in pixels from which a screen is wide. */
export const WIDE_PIXELS = 600;

/** Aspect ratio of an image whose dimensions are not known yet. */
export const DEFAULT_RATIO = 4 / 3;

/** Limits of the displayed aspect ratio. */
const MAX_RATIO = 3;
const MIN_RATIO = 0.5;

export function rowHeight(width: number, density: Density): number {
  const [narrow, wide] = ROW_HEIGHTS[density];
  return width < WIDE_PIXELS ? narrow : wide;
}

export function ratioOf(image: ImageSummary): number {
  if (!image.width || !image.height) return DEFAULT_RATIO;
  return Math.min(MAX_RATIO, Math.max(MIN_RATIO, image.width / image.height));
}
