import { infiniteQueryOptions, queryOptions, useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Sightline } from "sightline-client";
import { useServices } from "../services";
import { rereadPictures } from "./pictures";
import type { Album } from "./types";

/** Pictures that one call may put into an album. */
const BATCH = 100;

const ALBUMS = ["albums"];

function albumsQuery(api: Sightline) {
  return infiniteQueryOptions({
    queryKey: ALBUMS,
    queryFn: async ({ pageParam, signal }) => {
      const query = { limit: 100, ...(pageParam ? { cursor: pageParam } : {}) };
      return (await api.GET("/v1/albums", { params: { query }, signal })).data!;
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    staleTime: 60_000,
  });
}

export function useAlbums() {
  const { api } = useServices();
  const query = useInfiniteQuery(albumsQuery(api));
  const albums = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  return { ...query, albums };
}

export function useAlbum(id: string) {
  const { api } = useServices();
  return useQuery(
    queryOptions({
      queryKey: ["album", id],
      queryFn: async ({ signal }) =>
        (await api.GET("/v1/albums/{album_id}", { params: { path: { album_id: id } }, signal })).data!,
      staleTime: 60_000,
    }),
  );
}

/** What can be done to albums. Each ends when what is on the screen has been asked for anew. */
export function useAlbumActions() {
  const { api, queries } = useServices();

  const reread = async (id?: string) => {
    await queries.invalidateQueries({ queryKey: ALBUMS });
    if (id) await queries.invalidateQueries({ queryKey: ["album", id] });
  };
  const inBatches = async (ids: string[], send: (ids: string[]) => Promise<unknown>) => {
    for (let at = 0; at < ids.length; at += BATCH) await send(ids.slice(at, at + BATCH));
  };
  const header = () => ({ "idempotency-key": crypto.randomUUID() });

  const create = useMutation({
    mutationFn: async ({ title, ids }: { title: string; ids: string[] }): Promise<Album> => {
      const { data } = await api.POST("/v1/albums", { params: { header: header() }, body: { title } });
      const path = { album_id: data!.id };
      await inBatches(ids, (some) =>
        api.POST("/v1/albums/{album_id}/images", { params: { path, header: header() }, body: { ids: some } }),
      );
      return data!;
    },
    onSuccess: async (album, { ids }) => {
      await reread(album.id);
      if (ids.length > 0) await rereadPictures(queries);
    },
  });

  const change = useMutation({
    mutationFn: async ({ id, ...body }: { id: string; title?: string; cover_id?: string | null }) =>
      (await api.PATCH("/v1/albums/{album_id}", { params: { path: { album_id: id } }, body })).data!,
    onSuccess: (album) => {
      queries.setQueryData(["album", album.id], album);
      return reread();
    },
  });

  const remove = useMutation({
    mutationFn: (id: string) => api.DELETE("/v1/albums/{album_id}", { params: { path: { album_id: id } } }),
    onSuccess: async (_, id) => {
      queries.removeQueries({ queryKey: ["album", id] });
      await reread();
    },
  });

  const add = useMutation({
    mutationFn: ({ id, ids }: { id: string; ids: string[] }) =>
      inBatches(ids, (some) =>
        api.POST("/v1/albums/{album_id}/images", {
          params: { path: { album_id: id }, header: header() },
          body: { ids: some },
        }),
      ),
    onSuccess: async (_, { id }) => {
      await reread(id);
      await rereadPictures(queries);
    },
  });

  const take = useMutation({
    mutationFn: ({ id, ids }: { id: string; ids: string[] }) =>
      inBatches(ids, (some) =>
        api.POST("/v1/albums/{album_id}/images/delete", {
          params: { path: { album_id: id }, header: header() },
          body: { ids: some },
        }),
      ),
    onSuccess: async (_, { id }) => {
      await reread(id);
      await rereadPictures(queries);
    },
  });

  return { create, change, remove, add, take };
}
