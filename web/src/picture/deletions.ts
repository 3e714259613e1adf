import type { QueryClient } from "@tanstack/react-query";
import type { Sightline } from "sightline-client";
import { hidePictures } from "../api/pictures";
import { Store } from "../store";

/** Milliseconds in which a deletion can be taken back: the API's own is final. */
export const UNDO = 6_000;

/** Pictures that one call may delete. */
const BATCH = 100;

interface Pending {
  ids: string[];
  timer: ReturnType<typeof setTimeout>;
}

/** Deletions that are only shown yet, and can be taken back until the API is told. */
export class Deletions {
  /** Ids that are to look deleted. */
  readonly hidden = new Store<ReadonlySet<string>>(new Set());
  #pending = new Map<string, Pending>();

  constructor(
    private readonly api: Sightline,
    private readonly queries: QueryClient,
    private readonly onFailure: (count: number) => void,
  ) {
    // Whoever leaves the page has not taken it back.
    addEventListener("pagehide", () => void this.finish());
  }

  /** Answers how to take it back. */
  start(ids: string[]): () => void {
    const key = crypto.randomUUID();
    this.#pending.set(key, { ids, timer: setTimeout(() => void this.#commit(key), UNDO) });
    this.hidden.update((hidden) => new Set([...hidden, ...ids]));
    return () => this.#undo(key);
  }

  /** Delete for good all that is waiting. */
  async finish(): Promise<void> {
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
    for (let at = 0; at < pending.ids.length; at += BATCH) {
      const ids = pending.ids.slice(at, at + BATCH);
      try {
        // Goes on where the page does not.
        await this.api.POST("/v1/images/delete", { body: { ids }, keepalive: true });
        hidePictures(this.queries, ids);
      } catch {
        failed.push(...ids);
      }
    }
    this.#unhide(pending.ids);
    if (failed.length > 0) this.onFailure(failed.length);
    for (const key of ["labels", "usage", "albums", "album"]) {
      void this.queries.invalidateQueries({ queryKey: [key] });
    }
  }

  #take(key: string): Pending | undefined {
    const pending = this.#pending.get(key);
    this.#pending.delete(key);
    clearTimeout(pending?.timer);
    return pending;
  }

  #unhide(ids: string[]): void {
    this.hidden.update((hidden) => new Set([...hidden].filter((id) => !ids.includes(id))));
  }
}
