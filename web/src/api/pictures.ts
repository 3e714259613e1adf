import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useInfiniteQuery,
  useMutation,
  useQuery,
  type QueryClient,
} from "@tanstack/react-query";
import { useMemo } from "react";
import type { Schemas, Sightline } from "sightline-client";
import { endOf, isSearch, type Filter } from "../filters/filter";
import { useServices } from "../services";
import { useStore } from "../store";
import { putPicture, takePicture, type Pages } from "./pages";
import type { Feature, Page, Picture } from "./types";

/** Pictures in one answer: the most that the API gives. */
const PAGE = 100;

export interface Versioned {
  picture: Picture;
  /** Names this state of it, for a change that must not undo another. */
  etag: string | null;
}

/** Query keys; everything of a picture is below `pictures` or `picture`. */
const LISTS = "pictures";
const ONE = "picture";

async function readPage(
  api: Sightline,
  filter: Filter,
  cursor: string | null,
  signal: AbortSignal,
): Promise<Page> {
  const common = { limit: PAGE, ...(cursor ? { cursor } : {}), ...(filter.album ? { album: filter.album } : {}) };
  if (isSearch(filter)) {
    const query = {
      ...common,
      label: filter.labels,
      not: filter.without,
      text: filter.text,
      min_confidence: filter.minConfidence,
    };
    return (await api.GET("/v1/search", { params: { query }, signal })).data!;
  }
  const query = {
    ...common,
    ...(filter.status ? { status: filter.status } : {}),
    ...(filter.until ? { created_until: endOf(filter.until).toISOString() } : {}),
  };
  return (await api.GET("/v1/images", { params: { query }, signal })).data!;
}

/** What the API cannot leave out by itself is left out here. */
function without(page: Page, filter: Filter): Page {
  const unwanted = new Set(filter.without.map((name) => name.toLowerCase()));
  const keep = (picture: Picture) =>
    !picture.labels.some((mark) => unwanted.has(mark.name.toLowerCase())) &&
    (filter.status === null || picture.status === filter.status) &&
    (filter.until === null || new Date(picture.created_at) < endOf(filter.until));
  return { ...page, items: page.items.filter(keep) };
}

export function picturesQuery(api: Sightline, filter: Filter) {
  return infiniteQueryOptions({
    queryKey: [LISTS, filter],
    queryFn: async ({ pageParam, signal }) =>
      without(await readPage(api, filter, pageParam, signal), filter),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    // Changes come as events; addresses of pictures are good for an hour.
    staleTime: 30 * 60_000,
  });
}

export function usePictures(filter: Filter) {
  const { api, deletions } = useServices();
  const hidden = useStore(deletions.hidden);
  const query = useInfiniteQuery({
    ...picturesQuery(api, filter),
    placeholderData: keepPreviousData,
  });
  const pictures = useMemo(() => {
    const all = query.data?.pages.flatMap((page) => page.items) ?? [];
    return hidden.size > 0 ? all.filter((picture) => !hidden.has(picture.id)) : all;
  }, [query.data, hidden]);
  return { ...query, pictures };
}

export function pictureQuery(api: Sightline, id: string) {
  return queryOptions({
    queryKey: [ONE, id],
    queryFn: ({ signal }) => readPicture(api, id, signal),
    staleTime: 30 * 60_000,
  });
}

export function usePicture(id: string) {
  const { api, queries } = useServices();
  return useQuery({
    ...pictureQuery(api, id),
    // What a list knows of it is there at once.
    placeholderData: () => {
      const known = findListed(queries, id);
      return known && { picture: known, etag: null };
    },
  });
}

async function readPicture(api: Sightline, id: string, signal?: AbortSignal): Promise<Versioned> {
  const { data, response } = await api.GET("/v1/images/{image_id}", {
    params: { path: { image_id: id } },
    ...(signal ? { signal } : {}),
  });
  return { picture: data!, etag: response.headers.get("ETag") };
}

/** Ask again what has become of a picture, and show it wherever it is shown. */
export async function refreshPicture(api: Sightline, queries: QueryClient, id: string): Promise<Picture> {
  const known = await queries.fetchQuery({ ...pictureQuery(api, id), staleTime: 0 });
  showPicture(queries, known);
  return known.picture;
}

/** Put what is known of a picture now into every list that is held. */
export function showPicture(queries: QueryClient, known: Versioned): void {
  queries.setQueryData([ONE, known.picture.id], known);
  for (const [key, pages] of queries.getQueriesData<Pages>({ queryKey: [LISTS] })) {
    if (pages) queries.setQueryData(key, putPicture(pages, key[1] as Filter, known.picture));
  }
}

/** Take pictures out of every list. */
export function hidePictures(queries: QueryClient, ids: Iterable<string>): void {
  for (const id of ids) {
    queries.setQueriesData<Pages>({ queryKey: [LISTS] }, (pages) => pages && takePicture(pages, id));
  }
}

/** Read every list anew. */
export function rereadPictures(queries: QueryClient): Promise<void> {
  return queries.invalidateQueries({
    predicate: ({ queryKey }) => queryKey[0] === LISTS || queryKey[0] === ONE,
  });
}

/** Pictures in lists that are not at their end yet. */
export function findUnfinished(queries: QueryClient): string[] {
  const ids = queries
    .getQueriesData<Pages>({ queryKey: [LISTS] })
    .flatMap(([, pages]) => pages?.pages.flatMap((page) => page.items) ?? [])
    .filter((picture) => picture.status === "processing" || picture.status === "awaiting_upload")
    .map((picture) => picture.id);
  return [...new Set(ids)];
}

function findListed(queries: QueryClient, id: string): Picture | undefined {
  for (const [, pages] of queries.getQueriesData<Pages>({ queryKey: [LISTS] })) {
    for (const page of pages?.pages ?? []) {
      const found = page.items.find((picture) => picture.id === id);
      if (found) return found;
    }
  }
  return undefined;
}

export type Changes = Schemas["ImageChanges"];

/** Changes what the owner says of a picture, on condition that it is as it was seen. */
export function useChangePicture(id: string) {
  const { api, queries } = useServices();
  return useMutation({
    mutationFn: async (changes: Changes): Promise<Versioned> => {
      const seen = queries.getQueryData<Versioned>([ONE, id]);
      const { data, response } = await api.PATCH("/v1/images/{image_id}", {
        params: {
          path: { image_id: id },
          header: seen?.etag ? { "if-match": seen.etag } : {},
        },
        body: changes,
      });
      return { picture: data!, etag: response.headers.get("ETag") };
    },
    onSuccess: (known) => {
      showPicture(queries, known);
      void queries.invalidateQueries({ queryKey: ["labels"] });
    },
    // Somebody else was faster: show what is there now.
    onError: () => void refreshPicture(api, queries, id).catch(() => {}),
  });
}

export type Part = "recognition" | "renditions";

/** Has a picture processed once more. */
export function useReprocess(id: string) {
  const { api, queries } = useServices();
  return useMutation({
    mutationFn: async (order: { parts: Part[]; features?: Feature[] }) => {
      await api.POST("/v1/images/{image_id}/reprocess", {
        params: { path: { image_id: id }, header: { "idempotency-key": crypto.randomUUID() } },
        body: order,
      });
      await refreshPicture(api, queries, id);
    },
  });
}
