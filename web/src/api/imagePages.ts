/** Cached image lists, and updates to them when one image changes. */
import type { InfiniteData } from "@tanstack/react-query";
import { matches, type Filter } from "../filters/filter";
import { compareImages, monthOf, type Sort } from "../gallery/sort";
import { summarizeImage } from "./summary";
import type { ImageSummary, ImageSummaryPage, ImageView } from "./types";

export type ImagePages = InfiniteData<ImageSummaryPage, string | null>;

/** The content and the order of a cached list. */
export interface ImageList {
  filter: Filter;
  sort: Sort;
  /** Only images of this month of the timeline, as `2026-05`. */
  month: string | null;
}

/** Insert, replace, move or remove the image as the list requires; returns `pages` itself if nothing changes. */
export function upsertImage(pages: ImagePages, list: ImageList, image: ImageView): ImagePages {
  const at = findPage(pages, image.id);
  const summary = summarizeImage(image);
  const isListed = matches(list.filter, image) && (list.month === null || list.month === monthOf(list.sort, summary));
  if (at >= 0 && !isListed) return removeImage(pages, image.id);
  if (!isListed) return pages;
  if (at < 0) return insertImage(pages, list.sort, summary);
  const current = pages.pages[at]!.items.find((item) => item.id === summary.id)!;
  if (compareImages(list.sort, current, summary) !== 0) {
    return insertImage(removeImage(pages, image.id), list.sort, summary);
  }
  return changePage(pages, at, (items) => items.map((item) => (item.id === summary.id ? summary : item)));
}

export function removeImage(pages: ImagePages, id: string): ImagePages {
  const at = findPage(pages, id);
  return at < 0 ? pages : changePage(pages, at, (items) => items.filter((item) => item.id !== id));
}

function insertImage(pages: ImagePages, sort: Sort, image: ImageSummary): ImagePages {
  const isBefore = (item: ImageSummary) => compareImages(sort, image, item) < 0;
  const last = pages.pages.length - 1;
  const at = pages.pages.findIndex((page, index) => {
    const end = page.items.at(-1);
    return (end !== undefined && isBefore(end)) || (index === last && page.next_cursor === null);
  });
  // The image belongs to a page that is not loaded yet.
  if (at < 0) return pages;
  return changePage(pages, at, (items) => {
    const before = items.findIndex(isBefore);
    return before < 0 ? [...items, image] : items.toSpliced(before, 0, image);
  });
}

function findPage(pages: ImagePages, id: string): number {
  return pages.pages.findIndex((page) => page.items.some((item) => item.id === id));
}

function changePage(pages: ImagePages, at: number, change: (items: ImageSummary[]) => ImageSummary[]): ImagePages {
  const changed = pages.pages.map((page, index) =>
    index === at ? { ...page, items: change(page.items) } : page,
  );
  return { ...pages, pages: changed };
}
