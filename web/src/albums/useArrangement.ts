import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { useMemo } from "react";
import { Problem } from "sightline-client";
import { IMAGE_LISTS, imageListQuery } from "../api/images";
import type { ImagePages } from "../api/imagePages";
import { NO_FILTER } from "../filters/filter";
import { MANUAL } from "../gallery/sort";
import { useServices } from "../services";
import { describeMove, moveId, reorderPages } from "./arrangement";

/** The images of an album in their manual order, and a mutation that moves one of them. */
export function useArrangement(album: string) {
  const { api, queries } = useServices();
  const options = imageListQuery(api, { ...NO_FILTER, album }, MANUAL);
  const list = useInfiniteQuery(options);
  const images = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const move = useMutation({
    // One after the other: the API may find images where they were before other moves of the same second.
    scope: { id: `arrange ${album}` },
    mutationFn: async ({ id, ids }: { id: string; ids: string[] }) => {
      const params = { path: { album_id: album }, header: { "idempotency-key": crypto.randomUUID() } };
      const { data } = await api.POST("/v1/albums/{album_id}/images/move", { params, body: describeMove(ids, id) });
      const problem = data!.items[0]?.problem;
      if (problem) throw new Problem(problem.status, problem.code, problem.detail);
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: ["album", album, "shared"] }),
    onError: () => queries.invalidateQueries({ queryKey: [IMAGE_LISTS] }),
  });

  /** Move an image to where another is: at once in the cache, then at the API. */
  function moveImage(id: string, over: string, onError: (error: unknown) => void): void {
    const pages = queries.getQueryData<ImagePages>(options.queryKey);
    if (!pages || id === over) return;
    const ids = moveId(pages.pages.flatMap((page) => page.items.map((image) => image.id)), id, over);
    queries.setQueryData(options.queryKey, reorderPages(pages, ids));
    move.mutate({ id, ids }, { onError });
  }

  return { list, images, moveImage };
}
