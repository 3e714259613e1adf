import type { QueryClient } from "@tanstack/react-query";
import type { Sightline } from "sightline-client";
import { monthQuery, timelineQuery } from "../api/images";
import type { ImageSummary } from "../api/types";
import { density, sort } from "./preferences";
import { ratioOf, rowHeight } from "./proportions";
import { sourcesOf } from "./sources";

/** The month with which the gallery started last. */
const FIRST_MONTH_KEY = "sightline.firstMonth";

/**
 * Fetch what the gallery shows first: the months, and the images of the first one. It is probably that of the last
 * time, so both are requested at once.
 */
export async function prefetchGallery(api: Sightline, queries: QueryClient): Promise<void> {
  const chosen = sort.value;
  if (chosen.order !== "taken") return;
  const fetchMonth = (month: string) => queries.prefetchQuery(monthQuery(api, queries, month, chosen));
  const expected = localStorage.getItem(FIRST_MONTH_KEY);
  if (expected) void fetchMonth(expected);
  const { months } = await queries.fetchQuery(timelineQuery(api));
  const first = (chosen.sort === "newest" ? months[0] : months.at(-1))?.month;
  if (!first) return;
  localStorage.setItem(FIRST_MONTH_KEY, first);
  await fetchMonth(first);
  requestThumbnails(queries.getQueryData(monthQuery(api, queries, first, chosen).queryKey)?.pages[0]?.items ?? []);
}

/** Request the thumbnails of about one screen, which the page shows once its code has been run. */
function requestThumbnails(images: readonly ImageSummary[]): void {
  const height = rowHeight(innerWidth, density.value);
  let room = innerWidth * innerHeight;
  for (const image of images) {
    const width = ratioOf(image) * height;
    const sources = sourcesOf(image, width);
    if (sources) {
      const { sizes, srcSet, src } = sources;
      Object.assign(new Image(), { sizes, srcset: srcSet, src });
    }
    room -= width * height;
    if (room < 0) return;
  }
}
