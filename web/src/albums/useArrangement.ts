import { useInfiniteQuery, useMutation, type InfiniteData } from "@tanstack/react-query";
import { useMemo } from "react";
import { Problem } from "sightline-client";
import { useAlbum } from "../api/albums";
import { IMAGE_LISTS, imageListQuery } from "../api/images";
import { useMembers } from "../api/members";
import { useSharedAlbum } from "../api/sharedAlbum";
import type { ImageSummary } from "../api/types";
import { NO_FILTER } from "../filters/filter";
import { MANUAL } from "../gallery/sort";
import { sharedImagesKey, useSharedImages } from "../public/publicApi";
import { useServices } from "../services";
import { describeMove, moveId, reorderPages } from "./arrangement";

/** What the page shows of an image. Those of members have no labels. */
export type ArrangedImage = Pick<ImageSummary, "id" | "title" | "placeholder" | "thumbnail" | "preview"> & Partial<Pick<ImageSummary, "labels">>;

type Pages = InfiniteData<{ items: ArrangedImage[]; next_cursor: string | null }, string | null>;

/**
 * The images of an album in their manual order, and a mutation that moves one of them. Those of members are among them
 * once the album shows this order: the API lists them in the order of the album only.
 */
export function useArrangement(album: string) {
  const { api, queries } = useServices();
  const isManual = useAlbum(album).data?.sort === "manual";
  const members = useMembers(album, isManual);
  const isShared = isManual && (members.data?.length ?? 0) > 0;
  const options = imageListQuery(api, { ...NO_FILTER, album }, MANUAL);
  const own = useInfiniteQuery({ ...options, enabled: !isShared });
  const shared = useSharedAlbum({ id: album, role: "owner", sort: "manual" });
  const all = useSharedImages(shared, isShared);
  const list = isShared ? all : own;
  const queryKey = isShared ? sharedImagesKey(shared) : options.queryKey;
  const images = useMemo(() => (list.data as Pages | undefined)?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const [ownLists, sharedList] = [[IMAGE_LISTS], ["album", album, "shared"]];
  const move = useMutation({
    // One after the other: the API may find images where they were before other moves of the same second.
    scope: { id: `arrange ${album}` },
    mutationFn: async ({ id, ids }: { id: string; ids: string[] }) => {
      const params = { path: { album_id: album }, header: { "idempotency-key": crypto.randomUUID() } };
      const { data } = await api.POST("/v1/albums/{album_id}/images/move", { params, body: describeMove(ids, id) });
      const problem = data!.items[0]?.problem;
      if (problem) throw new Problem(problem.status, problem.code, problem.detail);
    },
    // The list on this page has the new order already.
    onSuccess: () => queries.invalidateQueries({ queryKey: isShared ? ownLists : sharedList }),
    onError: () => queries.invalidateQueries({ queryKey: isShared ? sharedList : ownLists }),
  });

  /** Move an image to where another is: at once in the cache, then at the API. */
  function moveImage(id: string, over: string, onError: (error: unknown) => void): void {
    const pages = queries.getQueryData<Pages>(queryKey);
    if (!pages || id === over) return;
    const ids = moveId(pages.pages.flatMap((page) => page.items.map((image) => image.id)), id, over);
    queries.setQueryData(queryKey, reorderPages(pages, ids));
    move.mutate({ id, ids }, { onError });
  }

  return { list, images, moveImage };
}
