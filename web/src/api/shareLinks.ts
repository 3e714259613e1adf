/** The user's share links. */
import { infiniteQueryOptions, useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Schemas } from "sightline-client";
import { useServices } from "../services";

export type ShareLink = Schemas["ShareLinkView"];
export type ShareLinkRequest = Schemas["ShareLinkRequest"];
export type ShareLinkChanges = Schemas["ShareLinkChanges"];

/** What a link shows: one image, or the images of an album. */
export type ShareTarget = { image_id: string } | { album_id: string };

const QUERY_KEY = ["share-links"];

export function useShareLinks() {
  const { api } = useServices();
  const query = useInfiniteQuery(
    infiniteQueryOptions({
      queryKey: QUERY_KEY,
      queryFn: async ({ pageParam, signal }) => {
        const query = { limit: 50, ...(pageParam ? { cursor: pageParam } : {}) };
        return (await api.GET("/v1/share-links", { params: { query }, signal })).data!;
      },
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.next_cursor,
    }),
  );
  const links = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  return { ...query, links };
}

/** Mutations of share links. The token of a new link is returned once and not cached. */
export function useShareLinkActions() {
  const { api, queries } = useServices();
  const refetch = () => queries.invalidateQueries({ queryKey: QUERY_KEY });
  const path = (id: string) => ({ params: { path: { share_link_id: id } } });
  const create = useMutation({
    mutationFn: async (body: ShareLinkRequest) => (await api.POST("/v1/share-links", { body })).data!,
    onSuccess: refetch,
    gcTime: 0,
  });
  const change = useMutation({
    mutationFn: async ({ id, body }: { id: string; body: ShareLinkChanges }) =>
      (await api.PATCH("/v1/share-links/{share_link_id}", { ...path(id), body })).data!,
    onSuccess: refetch,
  });
  const revoke = useMutation({
    mutationFn: (id: string) => api.DELETE("/v1/share-links/{share_link_id}", path(id)),
    onSettled: refetch,
  });
  return { create, change, revoke };
}
