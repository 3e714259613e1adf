import type { ImageSummary } from "../api/types";

/** An image's position in a row, in pixels from the start of the row. */
export interface PlacedImage {
  image: ImageSummary;
  /** Index among all images of the grid. */
  index: number;
  left: number;
  width: number;
}

export type Row =
  | { kind: "month"; month: string; height: number }
  | { kind: "images"; month: string; height: number; images: PlacedImage[] };

/** Sizes in pixels. */
export interface LayoutOptions {
  width: number;
  /** Maximum height of a row of images. */
  height: number;
  gap: number;
  headingHeight: number;
}

/** Aspect ratio of an image whose dimensions are not known yet. */
const DEFAULT_RATIO = 4 / 3;

/** Limits of the displayed aspect ratio. */
const MAX_RATIO = 3;
const MIN_RATIO = 0.5;

/** Return an image's month of upload in the user's time zone, as `2026-05`. */
export function monthOf(image: ImageSummary): string {
  const created = new Date(image.created_at);
  return `${created.getFullYear()}-${String(created.getMonth() + 1).padStart(2, "0")}`;
}

export function ratioOf(image: ImageSummary): number {
  if (!image.width || !image.height) return DEFAULT_RATIO;
  return Math.min(MAX_RATIO, Math.max(MIN_RATIO, image.width / image.height));
}

/** Lay out images in justified rows, grouped by month; the last row of a month is not justified. */
export function layoutRows(images: readonly ImageSummary[], options: LayoutOptions): Row[] {
  const rows: Row[] = [];
  let month = "";
  let pending: { image: ImageSummary; index: number }[] = [];
  let ratios = 0;

  function closeRow(justified: boolean) {
    if (pending.length === 0) return;
    rows.push(placeRow(pending, ratios, month, options, justified));
    pending = [];
    ratios = 0;
  }

  for (const [index, image] of images.entries()) {
    const imageMonth = monthOf(image);
    if (imageMonth !== month) {
      closeRow(false);
      month = imageMonth;
      rows.push({ kind: "month", month, height: options.headingHeight });
    }
    pending.push({ image, index });
    ratios += ratioOf(image);
    const available = options.width - options.gap * (pending.length - 1);
    if (available / ratios <= options.height) closeRow(true);
  }
  closeRow(false);
  return rows;
}

function placeRow(
  pending: { image: ImageSummary; index: number }[],
  ratios: number,
  month: string,
  { width, height, gap }: LayoutOptions,
  justified: boolean,
): Row {
  const available = width - gap * (pending.length - 1);
  const rowHeight = justified ? available / ratios : Math.min(height, available / ratios);
  let left = 0;
  const images = pending.map(({ image, index }) => {
    const placed = { image, index, left, width: rowHeight * ratioOf(image) };
    left += placed.width + gap;
    return placed;
  });
  return { kind: "images", month, height: rowHeight + gap, images };
}
