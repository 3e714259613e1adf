/** Image queries and their cache, without React. */
import { infiniteQueryOptions, keepPreviousData, queryOptions, type QueryClient } from "@tanstack/react-query";
import type { Sightline } from "sightline-client";
import { isTakenWithin, NO_FILTER, type Filter } from "../filters/filter";
import type { Sort } from "../gallery/sort";
import { fetchOriginal } from "./downloads";
import { removeImage, upsertImage, type ImageList, type ImagePages } from "./imagePages";
import type { ImageSummary, ImageSummaryPage, ImageView } from "./types";

/** Images per page: the API's maximum. */
const PAGE_SIZE = 100;

/** Events keep the cache current; image URLs expire after an hour. */
const STALE_MILLISECONDS = 30 * 60_000;

/** First parts of the query keys. */
export const IMAGE_LISTS = "images";
export const IMAGE = "image";
export const TIMELINE = "timeline";

export interface ImageWithEtag {
  image: ImageView;
  /** Version of the image, for conditional updates. */
  etag: string | null;
}

/** Hours by which clocks of the world are at most ahead of UTC, and behind it. */
const MAX_AHEAD_HOURS = 14;
const MAX_BEHIND_HOURS = 12;

/** Return the range of times in UTC at which the days of a filter are somewhere. */
function takenRange({ takenFrom, takenUntil }: Filter) {
  const shift = (day: string, hours: number) => new Date(Date.parse(day) + hours * 3_600_000).toISOString();
  return {
    ...(takenFrom ? { taken_from: shift(takenFrom, -MAX_AHEAD_HOURS) } : {}),
    ...(takenUntil ? { taken_until: shift(takenUntil, 24 + MAX_BEHIND_HOURS) } : {}),
  };
}

/** Fetch a page. The API compares times in UTC; the days of a filter are those at the place, as in the headings. */
async function fetchPage(
  api: Sightline,
  { filter, sort, month }: ImageList,
  cursor: string | null,
  signal: AbortSignal,
): Promise<ImageSummaryPage> {
  const query = {
    limit: PAGE_SIZE,
    ...sort,
    label: filter.labels,
    not: filter.excludedLabels,
    text: filter.text,
    ...(filter.words ? { q: filter.words } : {}),
    ...(cursor ? { cursor } : {}),
    ...(filter.album ? { album: filter.album } : {}),
    ...(filter.minConfidence ? { min_confidence: filter.minConfidence } : {}),
    ...(filter.status ? { status: filter.status } : {}),
    ...(filter.box ? { bbox: filter.box } : {}),
    ...(filter.favorite ? { favorite: true, archived: "any" as const } : {}),
    ...(filter.archived ? { archived: "true" as const } : {}),
    ...(month ? { month } : {}),
    ...takenRange(filter),
  };
  const page = (await api.GET("/v1/images", { params: { query }, signal })).data!;
  return { ...page, items: page.items.filter((image) => isTakenWithin(filter, image.taken_at_local)) };
}

export function imageListQuery(api: Sightline, filter: Filter, sort: Sort) {
  const list: ImageList = { filter, sort, month: null };
  return infiniteQueryOptions({
    queryKey: [IMAGE_LISTS, list],
    queryFn: ({ pageParam, signal }) => fetchPage(api, list, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    staleTime: STALE_MILLISECONDS,
  });
}

/** The months that have images, newest first, with exact counts. */
export function timelineQuery(api: Sightline) {
  return queryOptions({
    queryKey: [TIMELINE],
    queryFn: async ({ signal }) => (await api.GET("/v1/timeline", { signal })).data!,
    staleTime: STALE_MILLISECONDS,
  });
}

/** All images of a month of the timeline. Pages are cached as they arrive: the last one then has a next cursor. */
export function monthQuery(api: Sightline, queries: QueryClient, month: string, sort: Sort) {
  const list: ImageList = { filter: NO_FILTER, sort, month };
  const queryKey = [IMAGE_LISTS, list];
  return queryOptions({
    queryKey,
    queryFn: async ({ signal }): Promise<ImagePages> => {
      const fetched: ImagePages = { pages: [], pageParams: [] };
      for (let cursor: string | null = null; ; ) {
        const page = await fetchPage(api, list, cursor, signal);
        fetched.pages.push(page);
        fetched.pageParams.push(cursor);
        cursor = page.next_cursor;
        if (cursor === null) return fetched;
        const cached = queries.getQueryData<ImagePages>(queryKey);
        // A refetch must not shorten the month in the meantime.
        if (!cached || cached.pages.length < fetched.pages.length) {
          queries.setQueryData(queryKey, { pages: [...fetched.pages], pageParams: [...fetched.pageParams] });
        }
      }
    },
    staleTime: STALE_MILLISECONDS,
  });
}

/** Return all images of a month, loading what is not cached. */
export async function fetchMonth(api: Sightline, queries: QueryClient, month: string, sort: Sort): Promise<ImageSummary[]> {
  const query = monthQuery(api, queries, month, sort);
  const cached = queries.getQueryData<ImagePages>(query.queryKey);
  const pages = cached && isComplete(cached) ? cached : await queries.fetchQuery({ ...query, staleTime: 0 });
  return pages.pages.flatMap((page) => page.items);
}

export function isComplete({ pages }: ImagePages): boolean {
  return pages.at(-1)?.next_cursor === null;
}

export function imageQuery(api: Sightline, id: string) {
  return queryOptions({
    queryKey: [IMAGE, id],
    queryFn: ({ signal }) => fetchImage(api, id, signal),
    staleTime: STALE_MILLISECONDS,
  });
}

export function originalQuery(api: Sightline, id: string) {
  return queryOptions({
    queryKey: ["original", id],
    queryFn: () => fetchOriginal(api, id),
    staleTime: STALE_MILLISECONDS,
  });
}

export function duplicatesQuery(api: Sightline, id: string) {
  return queryOptions({
    queryKey: ["duplicates", id],
    queryFn: async ({ signal }) =>
      (await api.GET("/v1/images/{image_id}/duplicates", { params: { path: { image_id: id } }, signal })).data!,
    // No event names the duplicates of an image: each search is new.
    staleTime: 0,
  });
}

export function historyQuery(api: Sightline, { id, recognition, renditions }: ImageView) {
  // The history changes with the parts, and events keep them current.
  const states = [recognition, renditions].map(({ state, started_at, finished_at }) => [state, started_at, finished_at]);
  return queryOptions({
    queryKey: ["history", id, states],
    queryFn: async ({ signal }) =>
      (await api.GET("/v1/images/{image_id}/history", { params: { path: { image_id: id } }, signal })).data!,
    staleTime: STALE_MILLISECONDS,
    placeholderData: keepPreviousData,
  });
}

async function fetchImage(api: Sightline, id: string, signal?: AbortSignal): Promise<ImageWithEtag> {
  const { data, response } = await api.GET("/v1/images/{image_id}", {
    params: { path: { image_id: id } },
    ...(signal ? { signal } : {}),
  });
  return { image: data!, etag: response.headers.get("ETag") };
}

/** Fetch an image and update every cached query that contains it. */
export async function refreshImage(api: Sightline, queries: QueryClient, id: string): Promise<ImageView> {
  const fetched = await queries.fetchQuery({ ...imageQuery(api, id), staleTime: 0 });
  cacheImage(queries, fetched);
  return fetched.image;
}

/** Write an image to the cache, including every cached list that it belongs to. */
export function cacheImage(queries: QueryClient, fetched: ImageWithEtag): void {
  queries.setQueryData([IMAGE, fetched.image.id], fetched);
  for (const [key, pages] of queries.getQueriesData<ImagePages>({ queryKey: [IMAGE_LISTS] })) {
    if (pages) queries.setQueryData(key, upsertImage(pages, key[1] as ImageList, fetched.image));
  }
}

/** Remove images from every cached list. */
export function removeImages(queries: QueryClient, ids: Iterable<string>): void {
  for (const id of ids) {
    queries.setQueriesData<ImagePages>({ queryKey: [IMAGE_LISTS] }, (pages) => pages && removeImage(pages, id));
  }
}

/** Invalidate every list, the timeline, and every single image. */
export function refetchImages(queries: QueryClient): Promise<void> {
  return queries.invalidateQueries({
    predicate: ({ queryKey }) => [IMAGE_LISTS, TIMELINE, IMAGE].includes(queryKey[0] as string),
  });
}

/** Return the ids of cached images that are still being uploaded or processed. */
export function findUnfinished(queries: QueryClient): string[] {
  const listed = queries
    .getQueriesData<ImagePages>({ queryKey: [IMAGE_LISTS] })
    .flatMap(([, pages]) => pages?.pages.flatMap((page) => page.items) ?? []);
  // Lists leave out what awaits its upload, so a new upload is cached as a single image only.
  const single = queries
    .getQueriesData<ImageWithEtag>({ queryKey: [IMAGE] })
    .flatMap(([, fetched]) => (fetched ? [fetched.image] : []));
  const ids = [...listed, ...single]
    .filter((image) => image.status === "processing" || image.status === "awaiting_upload")
    .map((image) => image.id);
  return [...new Set(ids)];
}

/** Return an image's summary from any cached list. */
export function findInLists(queries: QueryClient, id: string): ImageSummary | undefined {
  for (const [, pages] of queries.getQueriesData<ImagePages>({ queryKey: [IMAGE_LISTS] })) {
    for (const page of pages?.pages ?? []) {
      const found = page.items.find((image) => image.id === id);
      if (found) return found;
    }
  }
  return undefined;
}
