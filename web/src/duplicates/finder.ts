import type { Schemas, Sightline } from "sightline-client";
import type { ImageSummary } from "../api/types";
import { Store } from "../store";
import { addGroup, removeFromGroups, type DuplicateGroup } from "./groups";

const PAGE_SIZE = 100;

/** Duplicates of one image that are requested: the API's maximum. */
const MAX_DUPLICATES = 100;

export interface Search {
  state: "idle" | "running" | "stopped" | "done";
  /** Images that were compared with all others. */
  compared: number;
  groups: readonly DuplicateGroup[];
  error: unknown;
}

/**
 * Searches for groups of near duplicates, image by image, newest first. It runs on request only,
 * because each comparison costs the API many reads, and it can be stopped and continued.
 */
export class DuplicateFinder {
  readonly search = new Store<Search>({ state: "idle", compared: 0, groups: [], error: null });
  #cursor: string | null = null;
  #queue: ImageSummary[] = [];
  #isLast = false;
  #grouped = new Set<string>();
  #stop = new AbortController();

  constructor(private readonly api: Sightline) {}

  /** Start or continue; resolves when the search is done or stopped. */
  async run(): Promise<void> {
    if (this.search.value.state === "running") return;
    const { signal } = (this.#stop = new AbortController());
    this.#update({ state: "running", error: null });
    try {
      for (let image = await this.#next(signal); image; image = await this.#next(signal)) {
        await this.#compare(image, signal);
        this.#queue.shift();
        this.#update({ compared: this.search.value.compared + 1 });
      }
      this.#update({ state: "done" });
    } catch (error) {
      this.#update({ state: "stopped", error: signal.aborted ? null : error });
    }
  }

  stop(): void {
    this.#stop.abort();
  }

  /** Leave out images, because they were moved to the trash or the user keeps them. */
  remove(ids: ReadonlySet<string>): void {
    this.#update({ groups: removeFromGroups(this.search.value.groups, ids) });
  }

  /** Show a group again, because moving its images to the trash was undone. */
  restore(group: DuplicateGroup): void {
    this.#update({ groups: addGroup(this.search.value.groups, group) });
  }

  /** Return the next image to compare; undefined at the end. It stays in the queue until it was compared. */
  async #next(signal: AbortSignal): Promise<ImageSummary | undefined> {
    while (this.#queue.length === 0 && !this.#isLast) {
      const query = { limit: PAGE_SIZE, status: "ready" as const, ...(this.#cursor ? { cursor: this.#cursor } : {}) };
      const page: Schemas["ImageSummaryPage"] = (await this.api.GET("/v1/images", { params: { query }, signal })).data!;
      this.#queue.push(...page.items);
      this.#cursor = page.next_cursor;
      this.#isLast = page.next_cursor === null;
    }
    signal.throwIfAborted();
    return this.#queue[0];
  }

  async #compare(image: ImageSummary, signal: AbortSignal): Promise<void> {
    // Its group is known already, from another image of it.
    if (this.#grouped.has(image.id)) return;
    const params = { path: { image_id: image.id }, query: { limit: MAX_DUPLICATES } };
    const { data } = await this.api.GET("/v1/images/{image_id}/duplicates", { params, signal });
    if (data!.items.length === 0) return;
    const images = [image, ...data!.items.map((each) => each.image)];
    for (const { id } of images) this.#grouped.add(id);
    this.#update({ groups: addGroup(this.search.value.groups, images) });
  }

  #update(change: Partial<Search>): void {
    this.search.update((search) => ({ ...search, ...change }));
  }
}
