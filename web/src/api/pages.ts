/** Listings as the cache holds them, and how a picture that has changed gets into them. */
import type { InfiniteData } from "@tanstack/react-query";
import { matches, type Filter } from "../filters/filter";
import type { Page, Picture } from "./types";

export type Pages = InfiniteData<Page, string | null>;

/** The pages with this picture where it belongs; the same object where nothing changes. */
export function putPicture(pages: Pages, filter: Filter, picture: Picture): Pages {
  const at = findPage(pages, picture.id);
  const wanted = matches(filter, picture);
  if (at >= 0 && wanted) return change(pages, at, (items) => items.map((i) => (i.id === picture.id ? picture : i)));
  if (at >= 0) return takePicture(pages, picture.id);
  return wanted ? insert(pages, picture) : pages;
}

export function takePicture(pages: Pages, id: string): Pages {
  const at = findPage(pages, id);
  return at < 0 ? pages : change(pages, at, (items) => items.filter((item) => item.id !== id));
}

/** Ids sort by time, so the newest picture has the greatest. */
function insert(pages: Pages, picture: Picture): Pages {
  const last = pages.pages.length - 1;
  const at = pages.pages.findIndex((page, index) => {
    const oldest = page.items.at(-1);
    const reaches = oldest !== undefined && oldest.id < picture.id;
    return reaches || (index === last && page.next_cursor === null);
  });
  // It belongs to what has not been read yet.
  if (at < 0) return pages;
  return change(pages, at, (items) => {
    const before = items.findIndex((item) => item.id < picture.id);
    return before < 0 ? [...items, picture] : items.toSpliced(before, 0, picture);
  });
}

function findPage(pages: Pages, id: string): number {
  return pages.pages.findIndex((page) => page.items.some((item) => item.id === id));
}

function change(pages: Pages, at: number, by: (items: Picture[]) => Picture[]): Pages {
  const changed = pages.pages.map((page, index) =>
    index === at ? { ...page, items: by(page.items) } : page,
  );
  return { ...pages, pages: changed };
}
