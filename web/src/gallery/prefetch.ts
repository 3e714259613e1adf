import type { QueryClient } from "@tanstack/react-query";
import type { Schemas, Sightline } from "sightline-client";
import { monthQuery, timelineQuery } from "../api/images";
import { sort } from "./preferences";
import type { Section } from "./useSections";

/** The month with which the gallery started last. */
const FIRST_MONTH_KEY = "sightline.firstMonth";

/** Images that fill a large screen, and the months that are fetched for them at most. */
const SCREEN_IMAGES = 60;
const MAX_MONTHS = 3;

/**
 * Fetch what the gallery shows first, and return it: the months, and the images of the first ones. The very first is
 * probably that of the last time, so it is requested at once.
 */
export async function prefetchGallery(api: Sightline, queries: QueryClient): Promise<Section[]> {
  const chosen = sort.value;
  if (chosen.order !== "taken") return [];
  const queryOf = (month: string) => monthQuery(api, queries, month, chosen);
  const expected = localStorage.getItem(FIRST_MONTH_KEY);
  if (expected) void queries.prefetchQuery(queryOf(expected));
  const { months } = await queries.fetchQuery(timelineQuery(api));
  const first = takeFirst(chosen.sort === "newest" ? months : months.toReversed());
  if (!first[0]) return [];
  localStorage.setItem(FIRST_MONTH_KEY, first[0].month);
  await Promise.all(first.map(({ month }) => queries.prefetchQuery(queryOf(month))));
  return first.map(({ month, images: count }) => {
    const pages = queries.getQueryData(queryOf(month).queryKey)?.pages ?? [];
    return { month, count, images: pages.flatMap((page) => page.items) };
  });
}

/** Return the months whose images fill the first screen. */
function takeFirst(months: readonly Schemas["TimelineMonth"][]): readonly Schemas["TimelineMonth"][] {
  let images = 0;
  const end = months.findIndex((month) => (images += month.images) >= SCREEN_IMAGES);
  return months.slice(0, Math.min(end < 0 ? months.length : end + 1, MAX_MONTHS));
}
