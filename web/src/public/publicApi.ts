/** What a share link shows. These requests need no session. */
import { infiniteQueryOptions, queryOptions, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { createSightline, Problem, type Schemas, type Sightline } from "sightline-client";
import { useServices } from "../services";

export type SharedView = Schemas["SharedView"];
export type SharedImage = Schemas["SharedImage"];
export type SharedImageSummary = Schemas["SharedImageSummary"];

/** Images that another person shares: with a link, or as an album. */
export interface SharedImages<Image extends SharedImageSummary = SharedImageSummary> {
  readonly queryKey: readonly string[];
  /** Path of the page that lists the images. */
  readonly path: string;
  /** Return the path of the page of one image. */
  imagePath(image: Image): string;
  fetchImages(cursor: string | null, signal: AbortSignal): Promise<{ items: Image[]; next_cursor: string | null }>;
  /** `original` of the image takes precedence over that of the whole. */
  fetchImage(id: string, signal: AbortSignal): Promise<SharedImage & { original?: boolean }>;
  fetchOriginal(id: string): Promise<Schemas["OriginalView"]>;
}

export const PAGE_SIZE = 100;

/** Renditions are linked by signed URLs, which expire after an hour at the earliest. */
const STALE_MILLISECONDS = 30 * 60_000;

/** Where the proof of a password is kept: a tab has to enter it once. */
const accessKey = (token: string) => `sightline.shareAccess.${token}`;

/** A client that never sends the credential of a signed-in user. */
export function createPublicApi(baseUrl: string): Sightline {
  return createSightline({
    baseUrl,
    token: "none",
    fetch: (input, init) => {
      const request = new Request(input, init);
      request.headers.delete("Authorization");
      return fetch(request);
    },
  });
}

/** A link, and the requests for what it shows. */
export class PublicLink implements SharedImages {
  constructor(
    private readonly api: Sightline,
    readonly token: string,
    private readonly storage: Storage = sessionStorage,
  ) {}

  get queryKey() {
    return ["shared", this.token];
  }

  get path() {
    return `/s/${this.token}`;
  }

  imagePath({ id }: SharedImageSummary) {
    return `${this.path}/${id}`;
  }

  /** Exchange the password for a proof, which is sent from then on. */
  async unlock(password: string): Promise<void> {
    const params = { path: { token: this.token } };
    const { data } = await this.api.POST("/v1/shared/{token}/access", { params, body: { password } });
    this.storage.setItem(accessKey(this.token), data!.access);
  }

  async fetchView(signal: AbortSignal): Promise<SharedView> {
    return (await this.api.GET("/v1/shared/{token}", { params: this.#params(), signal })).data!;
  }

  async fetchImages(cursor: string | null, signal: AbortSignal): Promise<Schemas["SharedImagePage"]> {
    const query = { limit: PAGE_SIZE, ...(cursor ? { cursor } : {}) };
    return (await this.api.GET("/v1/shared/{token}/images", { params: { ...this.#params(), query }, signal })).data!;
  }

  async fetchImage(id: string, signal: AbortSignal): Promise<SharedImage> {
    const params = this.#params({ image_id: id });
    return (await this.api.GET("/v1/shared/{token}/images/{image_id}", { params, signal })).data!;
  }

  async fetchOriginal(id: string): Promise<Schemas["OriginalView"]> {
    const params = this.#params({ image_id: id });
    return (await this.api.GET("/v1/shared/{token}/images/{image_id}/original", { params })).data!;
  }

  #params<Path extends object>(path?: Path) {
    const access = this.storage.getItem(accessKey(this.token));
    return { path: { token: this.token, ...path } as { token: string } & Path, header: access ? { "share-access": access } : {} };
  }
}

export function usePublicLink(token: string): PublicLink {
  const { config } = useServices();
  return useMemo(() => new PublicLink(createPublicApi(config.api), token), [config.api, token]);
}

/** What a link shows. It is fetched once, because each request counts as a visit. */
export function useSharedView(link: PublicLink) {
  return useQuery(
    queryOptions({
      queryKey: link.queryKey,
      queryFn: ({ signal }) => link.fetchView(signal),
      staleTime: Infinity,
    }),
  );
}

export const sharedImagesKey = ({ queryKey }: Pick<SharedImages, "queryKey">) => [...queryKey, "images"];

export function useSharedImages<Image extends SharedImageSummary>(shared: SharedImages<Image>, enabled = true) {
  const query = useInfiniteQuery(
    infiniteQueryOptions({
      enabled,
      queryKey: sharedImagesKey(shared),
      queryFn: ({ pageParam, signal }) => shared.fetchImages(pageParam, signal),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.next_cursor,
      staleTime: STALE_MILLISECONDS,
    }),
  );
  const images = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  return { ...query, images };
}

export function useSharedImage<Image extends SharedImage>(
  shared: Pick<SharedImages, "queryKey"> & { fetchImage(id: string, signal: AbortSignal): Promise<Image> },
  id: string,
) {
  return useQuery(
    queryOptions({
      queryKey: [...shared.queryKey, "image", id],
      queryFn: ({ signal }) => shared.fetchImage(id, signal),
      staleTime: STALE_MILLISECONDS,
    }),
  );
}

export const requiresPassword = (error: unknown) => error instanceof Problem && error.code === "share_password_required";

export const isGone = (error: unknown) => error instanceof Problem && error.status === 404;
