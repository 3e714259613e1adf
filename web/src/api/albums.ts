import { infiniteQueryOptions, queryOptions, useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Sightline } from "sightline-client";
import { useServices } from "../services";
import { BATCH_SIZE } from "./batchSize";
import { refetchImages } from "./images";
import type { Album } from "./types";

const ALBUMS = ["albums"];

/** Whose albums: own ones, or also those that other owners share. */
type AlbumScope = "owner" | "any";

function albumsQuery(api: Sightline, role: AlbumScope) {
  return infiniteQueryOptions({
    queryKey: [...ALBUMS, role],
    queryFn: async ({ pageParam, signal }) => {
      const query = { role, limit: 100, ...(pageParam ? { cursor: pageParam } : {}) };
      return (await api.GET("/v1/albums", { params: { query }, signal })).data!;
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    staleTime: 60_000,
  });
}

export function useAlbums({ role = "owner", enabled = true }: { role?: AlbumScope; enabled?: boolean } = {}) {
  const { api } = useServices();
  const query = useInfiniteQuery({ ...albumsQuery(api, role), enabled });
  const albums = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  return { ...query, albums };
}

export function useAlbum(id: string | null) {
  const { api } = useServices();
  return useQuery(
    queryOptions({
      queryKey: ["album", id],
      queryFn: async ({ signal }) =>
        (await api.GET("/v1/albums/{album_id}", { params: { path: { album_id: id! } }, signal })).data!,
      staleTime: 60_000,
      enabled: id !== null,
    }),
  );
}

/** Mutations of albums. Each completes after the affected queries are refetched. */
export function useAlbumActions() {
  const { api, queries } = useServices();

  const refetch = async (id?: string) => {
    await queries.invalidateQueries({ queryKey: ALBUMS });
    if (id) await queries.invalidateQueries({ queryKey: ["album", id] });
  };
  const sendInBatches = async (ids: string[], send: (ids: string[]) => Promise<unknown>) => {
    for (let at = 0; at < ids.length; at += BATCH_SIZE) await send(ids.slice(at, at + BATCH_SIZE));
  };
  const idempotencyHeader = () => ({ "idempotency-key": crypto.randomUUID() });

  const create = useMutation({
    mutationFn: async ({ title, ids }: { title: string; ids: string[] }): Promise<Album> => {
      const { data } = await api.POST("/v1/albums", { params: { header: idempotencyHeader() }, body: { title } });
      const path = { album_id: data!.id };
      await sendInBatches(ids, (batch) =>
        api.POST("/v1/albums/{album_id}/images", { params: { path, header: idempotencyHeader() }, body: { ids: batch } }),
      );
      return data!;
    },
    onSuccess: async (album, { ids }) => {
      await refetch(album.id);
      if (ids.length > 0) await refetchImages(queries);
    },
  });

  const update = useMutation({
    mutationFn: async ({ id, ...body }: { id: string; title?: string; sort?: Album["sort"]; cover_id?: string | null }) =>
      (await api.PATCH("/v1/albums/{album_id}", { params: { path: { album_id: id } }, body })).data!,
    onSuccess: (album) => {
      queries.setQueryData(["album", album.id], album);
      return refetch();
    },
  });

  const remove = useMutation({
    mutationFn: (id: string) => api.DELETE("/v1/albums/{album_id}", { params: { path: { album_id: id } } }),
    onSuccess: async (_, id) => {
      queries.removeQueries({ queryKey: ["album", id] });
      await refetch();
    },
  });

  const addImages = useMutation({
    mutationFn: ({ id, ids }: { id: string; ids: string[] }) =>
      sendInBatches(ids, (batch) =>
        api.POST("/v1/albums/{album_id}/images", {
          params: { path: { album_id: id }, header: idempotencyHeader() },
          body: { ids: batch },
        }),
      ),
    onSuccess: async (_, { id }) => {
      await refetch(id);
      await refetchImages(queries);
    },
  });

  return { create, update, remove, addImages };
}
