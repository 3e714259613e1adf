/** Albums of other owners that the user is a member of. */
import { useMutation } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Schemas, Sightline } from "sightline-client";
import { sharedAlbumPath } from "../albums/sharedAlbumPath";
import { PAGE_SIZE, type SharedImages } from "../public/publicApi";
import { useServices } from "../services";
import { BATCH_SIZE } from "./batchSize";
import type { Outcome } from "./bulk";
import { refetchImages } from "./images";
import type { Album } from "./types";

/** The images of a shared album: those of its owner, and those that members added. Owners edit own images on a page of theirs. */
export class SharedAlbum implements SharedImages<Schemas["AlbumImageSummary"]> {
  constructor(
    private readonly api: Sightline,
    readonly id: string,
    private readonly role: Album["role"],
    private readonly sort: Album["sort"],
  ) {}

  get queryKey() {
    // Below the key of the album, so that its events refetch the images.
    return ["album", this.id, "shared", this.sort];
  }

  get path() {
    return this.role === "owner" ? `/albums/${this.id}` : sharedAlbumPath(this.id);
  }

  imagePath({ id, own }: Schemas["AlbumImageSummary"]) {
    return `${own ? this.path : sharedAlbumPath(this.id)}/photos/${id}`;
  }

  async fetchImages(cursor: string | null, signal: AbortSignal): Promise<Schemas["AlbumImagePage"]> {
    const params = { path: { album_id: this.id }, query: { limit: PAGE_SIZE, ...(cursor ? { cursor } : {}) } };
    return (await this.api.GET("/v1/albums/{album_id}/images", { params, signal })).data!;
  }

  async fetchImage(id: string, signal: AbortSignal): Promise<Schemas["AlbumImageView"]> {
    const params = { path: { album_id: this.id, image_id: id } };
    return (await this.api.GET("/v1/albums/{album_id}/images/{image_id}", { params, signal })).data!;
  }

  async fetchOriginal(id: string): Promise<Schemas["OriginalView"]> {
    const params = { path: { album_id: this.id, image_id: id } };
    return (await this.api.GET("/v1/albums/{album_id}/images/{image_id}/original", { params })).data!;
  }
}

export function useSharedAlbum({ id, role, sort }: Pick<Album, "id" | "role" | "sort">): SharedAlbum {
  const { api } = useServices();
  return useMemo(() => new SharedAlbum(api, id, role, sort), [api, id, role, sort]);
}

/** What the others see of photos that the user adds. */
export type ContributionSettings = Omit<Schemas["AlbumAddition"], "ids">;

/** Mutations of the photos in an album: members add and remove own ones. Each returns how many were changed. */
export function useContributions(id: string) {
  const { api, queries } = useServices();
  const path = { album_id: id };
  const params = () => ({ path, header: { "idempotency-key": crypto.randomUUID() } });
  const send = async (ids: readonly string[], post: (batch: string[]) => Promise<{ data?: Schemas["ItemOutcomes"] }>): Promise<Outcome> => {
    const outcome: Outcome = { done: 0, failed: 0, error: null };
    for (let at = 0; at < ids.length; at += BATCH_SIZE) {
      const { data } = await post(ids.slice(at, at + BATCH_SIZE));
      const problems = data!.items.flatMap(({ problem }) => problem ?? []);
      outcome.error ??= problems[0] ?? null;
      outcome.failed += problems.length;
      outcome.done += data!.items.length - problems.length;
    }
    return outcome;
  };
  const refetchAlbum = () => queries.invalidateQueries({ queryKey: ["album", id] });
  const add = useMutation({
    mutationFn: ({ ids, ...settings }: ContributionSettings & { ids: readonly string[] }) =>
      send(ids, (batch) => api.POST("/v1/albums/{album_id}/images", { params: params(), body: { ids: batch, ...settings } })),
    onSettled: refetchAlbum,
  });
  const remove = useMutation({
    mutationFn: (ids: readonly string[]) =>
      send(ids, (batch) => api.POST("/v1/albums/{album_id}/images/delete", { params: params(), body: { ids: batch } })),
    onSettled: async () => {
      await Promise.all([refetchAlbum(), queries.invalidateQueries({ queryKey: ["albums"] })]);
      await refetchImages(queries);
    },
  });
  return { add, remove };
}

/** End the user's membership. */
export function useLeaveAlbum() {
  const { api, queries } = useServices();
  return useMutation({
    mutationFn: (id: string) => api.DELETE("/v1/albums/{album_id}/membership", { params: { path: { album_id: id } } }),
    onSuccess: async (_, id) => {
      queries.removeQueries({ queryKey: ["album", id] });
      await queries.invalidateQueries({ queryKey: ["albums"] });
    },
  });
}
