import type { QueryClient } from "@tanstack/react-query";
import type { Sightline } from "sightline-client";
import { removeImages } from "../api/images";
import { Store } from "../store";

/** Time in which a deletion can be undone; a deletion at the API is final. */
export const UNDO_MILLISECONDS = 6_000;

/** Images per delete request: the API's maximum. */
const BATCH_SIZE = 100;

interface PendingDeletion {
  ids: string[];
  timer: ReturnType<typeof setTimeout>;
}

/** Deletions that can be undone until they are sent to the API. */
export class DeletionQueue {
  /** Ids of images to hide because their deletion is pending. */
  readonly hidden = new Store<ReadonlySet<string>>(new Set());
  #pending = new Map<string, PendingDeletion>();

  constructor(
    private readonly api: Sightline,
    private readonly queries: QueryClient,
    private readonly onFailure: (count: number) => void,
  ) {
    // Leaving the page commits pending deletions.
    addEventListener("pagehide", () => void this.flush());
  }

  /** Hide images now and delete them later; returns a function that cancels the deletion. */
  add(ids: string[]): () => void {
    const key = crypto.randomUUID();
    this.#pending.set(key, { ids, timer: setTimeout(() => void this.#commit(key), UNDO_MILLISECONDS) });
    this.hidden.update((hidden) => new Set([...hidden, ...ids]));
    return () => this.#undo(key);
  }

  /** Send all pending deletions to the API. */
  async flush(): Promise<void> {
    await Promise.all([...this.#pending.keys()].map((key) => this.#commit(key)));
  }

  #undo(key: string): void {
    const pending = this.#take(key);
    if (pending) this.#unhide(pending.ids);
  }

  async #commit(key: string): Promise<void> {
    const pending = this.#take(key);
    if (!pending) return;
    const failed: string[] = [];
    for (let at = 0; at < pending.ids.length; at += BATCH_SIZE) {
      const ids = pending.ids.slice(at, at + BATCH_SIZE);
      try {
        // `keepalive` lets the request complete after the page is closed.
        await this.api.POST("/v1/images/delete", { body: { ids }, keepalive: true });
        removeImages(this.queries, ids);
      } catch {
        failed.push(...ids);
      }
    }
    this.#unhide(pending.ids);
    if (failed.length > 0) this.onFailure(failed.length);
    for (const key of ["labels", "usage", "albums", "album", "timeline"]) {
      void this.queries.invalidateQueries({ queryKey: [key] });
    }
  }

  #take(key: string): PendingDeletion | undefined {
    const pending = this.#pending.get(key);
    this.#pending.delete(key);
    clearTimeout(pending?.timer);
    return pending;
  }

  #unhide(ids: string[]): void {
    this.hidden.update((hidden) => new Set([...hidden].filter((id) => !ids.includes(id))));
  }
}
