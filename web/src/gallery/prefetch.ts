import type { QueryClient } from "@tanstack/react-query";
import type { Sightline } from "sightline-client";
import { monthQuery, timelineQuery } from "../api/images";
import { sort } from "./preferences";

/** Fetch what the gallery shows first: the months, and the images of the first one. */
export async function prefetchGallery(api: Sightline, queries: QueryClient): Promise<void> {
  const chosen = sort.value;
  if (chosen.order !== "taken") return;
  const { months } = await queries.fetchQuery(timelineQuery(api));
  const first = chosen.sort === "newest" ? months[0] : months.at(-1);
  if (first) await queries.prefetchQuery(monthQuery(api, queries, first.month, chosen));
}
