/** The lists that a user saw last, stored in the browser and shown while the API does not respond. */
import type { Query, QueryClient, QueryKey } from "@tanstack/react-query";
import { IMAGE_LISTS, TIMELINE } from "../api/images";
import type { ImageList } from "../api/imagePages";
import { isUnavailable } from "../api/unavailable";
import { hasConditions } from "../filters/filter";
import type { LiveState } from "../live/liveUpdates";
import type { Store } from "../store";
import { deleteCaches, LISTS_PREFIX, THUMBNAILS_PREFIX } from "./caches";

/** Lists that are stored. The oldest are removed first. */
export const MAX_LISTS = 40;

/** Pages of a list that are stored, of 100 images each. */
export const MAX_PAGES = 3;

/** Changes within this time are stored together. */
const SAVE_MILLISECONDS = 500;

/** First parts of the keys of the queries that are stored. */
const STORED = new Set<unknown>([TIMELINE, IMAGE_LISTS, "albums", "album"]);

interface Pages {
  pages: unknown[];
  pageParams: unknown[];
}

/**
 * Stores the lists of one owner in a cache, and restores them when the API does not respond. Restored lists are
 * fetched again as soon as it does.
 */
export class OfflineLibrary {
  #owner: string | null = null;
  #changed = new Map<string, Query>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #unsubscribe: (() => void)[] = [];

  constructor(
    private readonly queries: QueryClient,
    private readonly live: Store<LiveState>,
    private readonly storage: CacheStorage = caches,
    private readonly saveMilliseconds = SAVE_MILLISECONDS,
  ) {}

  /** Store and restore the lists of an owner; delete those of others. */
  async open(owner: string): Promise<void> {
    if (this.#owner === owner) return;
    this.#stop();
    this.#owner = owner;
    await deleteCaches(this.storage, owner);
    if (this.#owner !== owner) return;
    // The service worker stores thumbnails while this cache exists.
    await this.storage.open(THUMBNAILS_PREFIX + owner);
    // After a sign-out in the meantime, the cache must not come back.
    if (this.#owner !== owner) return deleteCaches(this.storage, this.#owner);
    const cache = this.queries.getQueryCache();
    this.#unsubscribe = [
      cache.subscribe((event) => {
        if (event.type !== "updated") return;
        if (event.action.type === "success") this.#noteChange(event.query);
        if (event.action.type === "failed") void this.#restore(event.query);
      }),
      this.live.subscribe(() => this.#restoreAll()),
    ];
    for (const query of cache.getAll()) if (query.state.status === "success") this.#noteChange(query);
    this.#restoreAll();
  }

  /** Delete what is stored. */
  async close(): Promise<void> {
    this.#stop();
    await deleteCaches(this.storage, null);
  }

  #stop(): void {
    this.#owner = null;
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#unsubscribe = [];
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#changed.clear();
  }

  #noteChange(query: Query): void {
    if (!isStored(query.queryKey)) return;
    this.#changed.set(query.queryHash, query);
    this.#timer ??= setTimeout(() => void this.#save(), this.saveMilliseconds);
  }

  async #save(): Promise<void> {
    this.#timer = null;
    const changed = [...this.#changed.values()];
    this.#changed.clear();
    const cache = await this.#openLists();
    try {
      for (const { queryHash, state } of changed) {
        if (state.data === undefined || state.isInvalidated) continue;
        // Removed first, so that the order of the keys is that of the last change.
        await cache?.delete(toPath(queryHash));
        await cache?.put(toPath(queryHash), Response.json(shorten(state.data)));
      }
      const keys = (await cache?.keys()) ?? [];
      for (const key of keys.slice(0, Math.max(0, keys.length - MAX_LISTS))) await cache?.delete(key);
    } catch {
      // A full disk: the lists stay as they were.
    }
  }

  #restoreAll(): void {
    for (const query of this.queries.getQueryCache().getAll()) {
      if (query.state.fetchFailureCount > 0 || query.state.status === "error") void this.#restore(query);
    }
  }

  /** Show what is stored in place of an error, and stop retrying until the API responds. */
  async #restore(query: Query): Promise<void> {
    const { queryKey, queryHash } = query;
    const { error, fetchFailureReason } = query.state;
    if (this.live.value !== "offline" || !isStored(queryKey) || !isUnavailable(fetchFailureReason ?? error)) return;
    const data: unknown = query.state.data ?? (await this.#load(queryHash));
    // In the meantime, the API may have responded.
    if (data === undefined || (query.state.status === "success" && query.state.fetchStatus === "idle")) return;
    await this.queries.cancelQueries({ queryKey, exact: true });
    this.queries.setQueryData(queryKey, data);
    await this.queries.invalidateQueries({ queryKey, exact: true, refetchType: "none" });
  }

  async #load(queryHash: string): Promise<unknown> {
    const response = await (await this.#openLists())?.match(toPath(queryHash));
    return response?.json();
  }

  async #openLists(): Promise<Cache | null> {
    return this.#owner ? this.storage.open(LISTS_PREFIX + this.#owner) : null;
  }
}

/** Whether a query lists images, months or albums without a search. */
function isStored([kind, list]: QueryKey): boolean {
  return STORED.has(kind) && (kind !== IMAGE_LISTS || !hasConditions((list as ImageList).filter));
}

/** Keep the first pages of a list; the rest is fetched when it is needed. */
function shorten(data: unknown): unknown {
  const { pages, pageParams } = data as Partial<Pages>;
  if (!Array.isArray(pages) || !Array.isArray(pageParams)) return data;
  return { pages: pages.slice(0, MAX_PAGES), pageParams: pageParams.slice(0, MAX_PAGES) };
}

function toPath(queryHash: string): string {
  return `/offline/${encodeURIComponent(queryHash)}`;
}
