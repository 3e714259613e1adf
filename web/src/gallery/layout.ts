import type { ImageSummary } from "../api/types";
import type { Density } from "./preferences";
import { dayOf, type Sort } from "./sort";
import type { Section } from "./useSections";

/** Maximum height of a row of images in pixels, on narrow and on wide screens. */
const ROW_HEIGHTS: Record<Density, readonly [number, number]> = {
  comfortable: [200, 320],
  regular: [124, 220],
  compact: [84, 140],
};

/** Width in pixels from which a screen is wide. */
const WIDE_PIXELS = 600;

/** Aspect ratio of an image whose dimensions are not known yet. */
const DEFAULT_RATIO = 4 / 3;

/** Limits of the displayed aspect ratio. */
const MAX_RATIO = 3;
const MIN_RATIO = 0.5;

function rowHeight(width: number, density: Density): number {
  const [narrow, wide] = ROW_HEIGHTS[density];
  return width < WIDE_PIXELS ? narrow : wide;
}

function ratioOf(image: ImageSummary): number {
  if (!image.width || !image.height) return DEFAULT_RATIO;
  return Math.min(MAX_RATIO, Math.max(MIN_RATIO, image.width / image.height));
}

/** An image's position in a row, in pixels from the start of the row. */
export interface PlacedImage {
  image: ImageSummary;
  left: number;
  width: number;
}

/** A day's position in a row of headings, in pixels from the start of the row. */
export interface PlacedDay {
  /** As `2026-05-10`. */
  day: string;
  left: number;
  width: number;
  ids: readonly string[];
}

/** A row of the grid. `height` is in pixels and includes the gap to the next row. */
export type Row = { month: string; height: number } & (
  | { kind: "month"; count: number }
  | { kind: "days"; days: PlacedDay[] }
  | { kind: "images"; images: PlacedImage[] }
  /** Images that are not loaded yet. */
  | { kind: "placeholder"; count: number }
);

/** Sizes in pixels. */
export interface LayoutOptions {
  sort: Sort;
  width: number;
  /** Maximum height of a row of images. */
  height: number;
  gap: number;
  /** Gap between days in one row. */
  dayGap: number;
  /** Minimum width of a day: the room of its heading. */
  minDayWidth: number;
  monthHeight: number;
  dayHeight: number;
}

/** Return the sizes for a grid of this width. */
export function layoutOptions(width: number, density: Density, sort: Sort): LayoutOptions {
  const common = { sort, width, height: rowHeight(width, density), monthHeight: 56, dayHeight: 38 };
  if (width < WIDE_PIXELS) return { ...common, gap: 4, dayGap: 12, minDayWidth: 108 };
  return { ...common, gap: 6, dayGap: 20, minDayWidth: 150 };
}

/** Factor by which a row of short days may exceed the maximum height, to fill the width. */
const MAX_STRETCH = 1.3;

/** Rows of images for each heading of a day, to estimate the height of what is not loaded. */
const ROWS_PER_DAY_HEADING = 2;

interface Day {
  day: string;
  images: ImageSummary[];
  ratios: number;
}

/**
 * Lay out a month: its heading, then its days. A manual order has neither: it is one section without headings. The rows of a day are justified except for its last
 * one; short days share a row.
 */
export function layoutSection({ month, count, images }: Section, options: LayoutOptions): Row[] {
  if (!month) return placeRows(month, images, options);
  const rows: Row[] = [{ kind: "month", month, height: options.monthHeight, count }];
  let shared: Day[] = [];
  let end = 0;

  function closeRow(isFull: boolean) {
    if (shared.length > 0) rows.push(...placeSharedRow(month, shared, isFull ? stretchRow(shared, options) : options));
    shared = [];
    end = 0;
  }

  for (const day of groupByDay(images, options.sort)) {
    const width = widthOf(day, options);
    if (width > options.width) {
      closeRow(true);
      rows.push(...placeLongDay(month, day, options));
      continue;
    }
    if (end > 0 && end + options.dayGap + width > options.width) closeRow(true);
    end += (end > 0 ? options.dayGap : 0) + width;
    shared.push(day);
  }
  closeRow(false);
  if (count > images.length) rows.push(estimateRest(month, count - images.length, options));
  return rows;
}

function groupByDay(images: readonly ImageSummary[], sort: Sort): Day[] {
  const days: Day[] = [];
  for (const image of images) {
    const day = dayOf(sort, image);
    let last = days.at(-1);
    if (last?.day !== day) days.push((last = { day, images: [], ratios: 0 }));
    last.images.push(image);
    last.ratios += ratioOf(image);
  }
  return days;
}

/** Return the width of a day whose images are in one row of the maximum height. */
function widthOf({ images, ratios }: Day, { height, gap, minDayWidth, width }: LayoutOptions): number {
  return Math.max(Math.min(minDayWidth, width), ratios * height + gap * (images.length - 1));
}

/** Return the options with the height at which short days fill the row, if it is not much greater. */
function stretchRow(shared: readonly Day[], options: LayoutOptions): LayoutOptions {
  const { width, height, gap, dayGap } = options;
  const images = shared.reduce((sum, day) => sum + day.images.length, 0);
  const gaps = dayGap * (shared.length - 1) + gap * (images - shared.length);
  const stretched = { ...options, height: (width - gaps) / shared.reduce((sum, day) => sum + day.ratios, 0) };
  const end = shared.reduce((sum, day) => sum + widthOf(day, stretched), dayGap * (shared.length - 1));
  // The headings of narrow days take room as well.
  return stretched.height <= height * MAX_STRETCH && end <= width + 1 ? stretched : options;
}

function placeSharedRow(month: string, shared: readonly Day[], options: LayoutOptions): Row[] {
  const { height, gap, dayGap, dayHeight } = options;
  let left = 0;
  const days: PlacedDay[] = [];
  const images: PlacedImage[] = [];
  for (const day of shared) {
    const width = widthOf(day, options);
    days.push({ day: day.day, left, width, ids: day.images.map((image) => image.id) });
    images.push(...placeImages(day.images, left, height, gap));
    left += width + dayGap;
  }
  return [
    { kind: "days", month, height: dayHeight, days },
    { kind: "images", month, height: height + gap, images },
  ];
}

function placeLongDay(month: string, { day, images }: Day, options: LayoutOptions): Row[] {
  const heading: PlacedDay = { day, left: 0, width: options.width, ids: images.map((image) => image.id) };
  return [{ kind: "days", month, height: options.dayHeight, days: [heading] }, ...placeRows(month, images, options)];
}

/** Place images in rows that are justified, except for the last one. */
function placeRows(month: string, images: readonly ImageSummary[], { width, height, gap }: LayoutOptions): Row[] {
  const rows: Row[] = [];
  let pending: ImageSummary[] = [];
  let ratios = 0;
  for (const image of images) {
    pending.push(image);
    ratios += ratioOf(image);
    const justified = (width - gap * (pending.length - 1)) / ratios;
    if (justified > height) continue;
    rows.push({ kind: "images", month, height: justified + gap, images: placeImages(pending, 0, justified, gap) });
    pending = [];
    ratios = 0;
  }
  if (pending.length > 0) rows.push({ kind: "images", month, height: height + gap, images: placeImages(pending, 0, height, gap) });
  return rows;
}

function placeImages(images: readonly ImageSummary[], start: number, height: number, gap: number): PlacedImage[] {
  let left = start;
  return images.map((image) => {
    const placed = { image, left, width: height * ratioOf(image) };
    left += placed.width + gap;
    return placed;
  });
}

function estimateRest(month: string, count: number, { width, height, gap, dayHeight }: LayoutOptions): Row {
  const perRow = Math.max(1, width / (DEFAULT_RATIO * height + gap));
  const rows = Math.ceil(count / perRow);
  const estimate = rows * (height + gap) + Math.ceil(rows / ROWS_PER_DAY_HEADING) * dayHeight;
  return { kind: "placeholder", month, height: estimate, count };
}

/** Where a month starts and ends, in pixels from the top. */
export interface Extent {
  month: string;
  top: number;
  bottom: number;
  count: number;
}

/** All rows of the grid. */
export interface Layout {
  rows: readonly Row[];
  /** The distance of each row from the top in pixels, and at last the height of the grid. */
  tops: readonly number[];
  months: readonly Extent[];
}

/** Join the rows of all sections. The rows of a section are cached for as long as the options are the same. */
export function createLayouter(options: LayoutOptions): (sections: readonly Section[]) => Layout {
  const cache = new WeakMap<Section, Row[]>();
  return (sections) => {
    const rows: Row[] = [];
    const tops = [0];
    const months: Extent[] = [];
    for (const section of sections) {
      let own = cache.get(section);
      if (!own) cache.set(section, (own = layoutSection(section, options)));
      const top = tops.at(-1)!;
      for (const row of own) {
        rows.push(row);
        tops.push(tops.at(-1)! + row.height);
      }
      months.push({ month: section.month, top, bottom: tops.at(-1)!, count: section.count });
    }
    return { rows, tops, months };
  };
}

/** Return the index of the row at a distance from the top, in pixels. */
export function findRow({ rows, tops }: Layout, top: number): number {
  let [low, high] = [0, rows.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (tops[middle]! <= top) low = middle;
    else high = middle - 1;
  }
  return low;
}
