/** The manual order of an album, as cached pages have it. */
import type { InfiniteData } from "@tanstack/react-query";
import type { Schemas } from "sightline-client";

/** Return the ids of the images after one of them was moved to where another is. */
export function moveId(ids: readonly string[], id: string, over: string): string[] {
  const [from, to] = [ids.indexOf(id), ids.indexOf(over)];
  return from < 0 || to < 0 ? [...ids] : ids.toSpliced(from, 1).toSpliced(to, 0, id);
}

/** Return the request that moves an image to its position in this order, next to the one before or behind it. */
export function describeMove(ids: readonly string[], id: string): Schemas["AlbumMove"] {
  const at = ids.indexOf(id);
  return { ids: [id], ...(at > 0 ? { after: ids[at - 1]! } : { before: ids[1]! }) };
}

/** Return the pages with their images in this order; the pages keep their sizes. */
export function reorderPages<Image extends { id: string }, Page extends { items: Image[] }>(
  { pages, pageParams }: InfiniteData<Page, string | null>,
  ids: readonly string[],
): InfiniteData<Page, string | null> {
  const images = new Map(pages.flatMap((page) => page.items.map((image) => [image.id, image])));
  const ordered = ids.flatMap((id) => images.get(id) ?? []);
  return { pages: pages.map((page) => ({ ...page, items: ordered.splice(0, page.items.length) })), pageParams };
}
