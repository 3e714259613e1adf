/** Cached image lists, and updates to them when one image changes. */
import type { InfiniteData } from "@tanstack/react-query";
import { matches, type Filter } from "../filters/filter";
import { summarizeImage } from "./summary";
import type { ImageSummary, ImageSummaryPage, ImageView } from "./types";

export type ImagePages = InfiniteData<ImageSummaryPage, string | null>;

/** Insert, replace or remove the image as the filter requires; returns `pages` itself if nothing changes. */
export function upsertImage(pages: ImagePages, filter: Filter, image: ImageView): ImagePages {
  const at = findPage(pages, image.id);
  const wanted = matches(filter, image);
  if (at >= 0 && !wanted) return removeImage(pages, image.id);
  if (!wanted) return pages;
  const summary = summarizeImage(image);
  if (at < 0) return insertImage(pages, summary);
  return changePage(pages, at, (items) => items.map((item) => (item.id === summary.id ? summary : item)));
}

export function removeImage(pages: ImagePages, id: string): ImagePages {
  const at = findPage(pages, id);
  return at < 0 ? pages : changePage(pages, at, (items) => items.filter((item) => item.id !== id));
}

/** Ids sort by creation time, so the newest image has the greatest id. */
function insertImage(pages: ImagePages, image: ImageSummary): ImagePages {
  const last = pages.pages.length - 1;
  const at = pages.pages.findIndex((page, index) => {
    const oldest = page.items.at(-1);
    const reaches = oldest !== undefined && oldest.id < image.id;
    return reaches || (index === last && page.next_cursor === null);
  });
  // The image belongs to a page that is not loaded yet.
  if (at < 0) return pages;
  return changePage(pages, at, (items) => {
    const before = items.findIndex((item) => item.id < image.id);
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
