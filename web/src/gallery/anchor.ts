import { findRow, type Layout } from "./layout";

/** What is at the top of the screen, independent of the layout: it stays there when the layout changes. */
export interface Anchor {
  month: string;
  /** Part of the month that is above the top, 0 to 1. */
  fraction: number;
  /** The first image from there on, and the distance from its row to the top in pixels. */
  image: string | null;
  distance: number;
}

/** Browsers round scroll positions. */
export const ROUNDING_PIXELS = 1;

/** Return the anchor at a distance from the top of the grid in pixels, or null above the grid. */
export function findAnchor(layout: Layout, top: number): Anchor | null {
  if (top <= 0 || layout.rows.length === 0) return null;
  const at = findRow(layout, top + ROUNDING_PIXELS);
  const { month } = layout.rows[at]!;
  const extent = layout.months.find((each) => each.month === month)!;
  const anchor: Anchor = { month, fraction: (top - extent.top) / (extent.bottom - extent.top), image: null, distance: 0 };
  for (let next = at; layout.rows[next]?.month === month; next++) {
    const row = layout.rows[next]!;
    if (row.kind !== "images") continue;
    return { ...anchor, image: row.images[0]!.image.id, distance: top - layout.tops[next]! };
  }
  return anchor;
}

/** Return the distance of an anchor from the top of the grid in pixels, or null if its month is not in it. */
export function locateAnchor(layout: Layout, anchor: Anchor): number | null {
  const extent = layout.months.find((each) => each.month === anchor.month);
  if (!extent) return null;
  const row = anchor.image === null ? -1 : findImage(layout, anchor.image);
  if (row >= 0) return layout.tops[row]! + anchor.distance;
  return extent.top + anchor.fraction * (extent.bottom - extent.top);
}

/** Return the index of the row that has an image, or -1. */
export function findImage({ rows }: Layout, id: string): number {
  return rows.findIndex((row) => row.kind === "images" && row.images.some(({ image }) => image.id === id));
}
