/** React hooks for image lists, single images and changes to them. */
import { keepPreviousData, useInfiniteQuery, useMutation, useQueries, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import type { Schemas } from "sightline-client";
import type { Filter } from "../filters/filter";
import type { Sort } from "../gallery/sort";
import { useServices } from "../services";
import { useStore } from "../useStore";
import { useErrorMessage } from "../ui/errorMessages";
import { showToast } from "../ui/toasts";
import { cacheImage, duplicatesQuery, findInLists, historyQuery, IMAGE, imageListQuery, imageQuery, monthQuery, originalQuery, refreshImage, timelineQuery, type ImageWithEtag } from "./images";
import type { ImagePages } from "./imagePages";
import { summarizeImage } from "./summary";
import type { Feature, ImageView } from "./types";

/** The images that match a filter, without those whose deletion is pending. */
export function useImageList(filter: Filter, sort: Sort, enabled: boolean) {
  const { api, deletions } = useServices();
  const hidden = useStore(deletions.hidden);
  const query = useInfiniteQuery({
    ...imageListQuery(api, filter, sort),
    placeholderData: keepPreviousData,
    enabled,
  });
  const images = useMemo(() => {
    const all = query.data?.pages.flatMap((page) => page.items) ?? [];
    return hidden.size > 0 ? all.filter((image) => !hidden.has(image.id)) : all;
  }, [query.data, hidden]);
  return { ...query, images };
}

export function useTimeline(enabled: boolean) {
  const { api } = useServices();
  return useQuery({ ...timelineQuery(api), enabled });
}

/** The cached pages of months of the timeline, each of which is loaded; and the first error. */
export function useMonths(months: readonly string[], sort: Sort) {
  const { api, queries } = useServices();
  const combine = useCallback(
    (results: UseQueryResult<ImagePages>[]) => ({
      pages: Object.fromEntries(months.map((month, at) => [month, results[at]?.data])),
      failed: results.find((result) => result.isError),
    }),
    [months],
  );
  return useQueries({ queries: months.map((month) => monthQuery(api, queries, month, sort)), combine });
}

/** An image, with its summary from a cached list until the image is loaded. */
export function useImage(id: string) {
  const { api, queries } = useServices();
  const query = useQuery(imageQuery(api, id));
  const image = query.data?.image ?? null;
  const summary = useMemo(
    () => (image ? summarizeImage(image) : (findInLists(queries, id) ?? null)),
    [image, queries, id],
  );
  return { ...query, image, summary };
}

/** A URL of the original, once it is needed; null until then. */
export function useOriginalUrl(id: string, isNeeded: boolean): string | null {
  const { api } = useServices();
  const { data } = useQuery({ ...originalQuery(api, id), enabled: isNeeded });
  return data?.url ?? null;
}

/** The images that show the same scene as an image, without those whose deletion is pending. */
export function useDuplicates(id: string) {
  const { api, deletions } = useServices();
  const hidden = useStore(deletions.hidden);
  const query = useQuery(duplicatesQuery(api, id));
  const duplicates = useMemo(
    () => (query.data?.items ?? []).map(({ image }) => image).filter((image) => !hidden.has(image.id)),
    [query.data, hidden],
  );
  return { ...query, duplicates };
}

/** The stages of an image's processing. */
export function useImageHistory(image: ImageView) {
  const { api } = useServices();
  return useQuery(historyQuery(api, image));
}

export type ImageChanges = Schemas["ImageChanges"];

/** Update an image's title, description or labels, unless it has changed since it was loaded. */
export function useUpdateImage(id: string) {
  const { api, queries } = useServices();
  return useMutation({
    mutationFn: async (changes: ImageChanges): Promise<ImageWithEtag> => {
      const cached = queries.getQueryData<ImageWithEtag>([IMAGE, id]);
      const { data, response } = await api.PATCH("/v1/images/{image_id}", {
        params: {
          path: { image_id: id },
          header: cached?.etag ? { "if-match": cached.etag } : {},
        },
        body: changes,
      });
      return { image: data!, etag: response.headers.get("ETag") };
    },
    onSuccess: (updated) => {
      cacheImage(queries, updated);
      void queries.invalidateQueries({ queryKey: ["labels"] });
    },
    // The image may have changed in between: load the current version.
    onError: () => void refreshImage(api, queries, id).catch(() => {}),
  });
}

export type Part = "recognition" | "renditions";

export function useReprocess(id: string) {
  const { api, queries } = useServices();
  return useMutation({
    mutationFn: async (request: { parts: Part[]; features?: Feature[] }) => {
      await api.POST("/v1/images/{image_id}/reprocess", {
        params: { path: { image_id: id }, header: { "idempotency-key": crypto.randomUUID() } },
        body: request,
      });
      await refreshImage(api, queries, id);
    },
  });
}

/** Return a function that makes an image a favorite, or no longer one. */
export function useSetFavorite(): (id: string, favorite: boolean) => void {
  const { api, queries } = useServices();
  const describeError = useErrorMessage();
  return useCallback(
    (id, favorite) => {
      const params = { path: { image_id: id } };
      api
        .PATCH("/v1/images/{image_id}", { params, body: { favorite } })
        .then(({ data, response }) => cacheImage(queries, { image: data!, etag: response.headers.get("ETag") }))
        .catch((error: unknown) => showToast({ tone: "danger", text: describeError(error) }));
    },
    [api, queries, describeError],
  );
}
