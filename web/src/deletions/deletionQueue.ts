import type { QueryClient } from "@tanstack/react-query";
import type { Sightline } from "sightline-client";
import { refetchImages, removeImages } from "../api/images";
import { moveToTrash, restoreFromTrash, type TrashOutcome } from "../api/trash";
import { Store } from "../store";

/** What could not be done with some images. */
export type TrashFailure = "failed" | "restoreFailed";

/** First parts of the keys of queries that depend on which images exist. */
const DEPENDENT_QUERIES = ["labels", "usage", "albums", "album", "timeline", "trash"];

/** Moves images to the trash, and hides them until that is done. */
export class DeletionQueue {
  /** Ids of images to hide, because they are being moved. */
  readonly hidden = new Store<ReadonlySet<string>>(new Set());
  #moves = new Set<Promise<unknown>>();

  constructor(
    private readonly api: Sightline,
    private readonly queries: QueryClient,
    private readonly onFailure: (failure: TrashFailure, count: number) => void,
  ) {}

  /**
   * Hide images and move them to the trash; those that cannot be moved reappear. Return a function
   * that restores them, and returns whether all of them are back.
   */
  add(ids: string[]): () => Promise<boolean> {
    this.hidden.update((hidden) => new Set([...hidden, ...ids]));
    const move = this.#move(ids).finally(() => this.#moves.delete(move));
    this.#moves.add(move);
    return async () => this.#restore(await move);
  }

  /** Wait for all requests in progress. */
  async flush(): Promise<void> {
    await Promise.all(this.#moves);
  }

  /** Return the ids that were moved. */
  async #move(ids: string[]): Promise<string[]> {
    const { done, failed } = await moveToTrash(this.api, ids);
    removeImages(this.queries, done);
    this.hidden.update((hidden) => new Set([...hidden].filter((id) => !ids.includes(id))));
    this.#settle("failed", failed);
    return done;
  }

  async #restore(ids: string[]): Promise<boolean> {
    const { failed } = await restoreFromTrash(this.api, ids);
    await refetchImages(this.queries);
    this.#settle("restoreFailed", failed);
    return failed.length === 0;
  }

  #settle(failure: TrashFailure, failed: TrashOutcome["failed"]): void {
    if (failed.length > 0) this.onFailure(failure, failed.length);
    for (const key of DEPENDENT_QUERIES) void this.queries.invalidateQueries({ queryKey: [key] });
  }
}
