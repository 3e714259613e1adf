/** Uploads that are not at their end, kept by the browser so that a reload goes on with them. */
import { createStore, delMany, entries, set } from "idb-keyval";
import type { Feature } from "../api/types";

export interface Kept {
  owner: string;
  name: string;
  size: number;
  features: Feature[];
  album: string | null;
  addedAt: number;
  /** Absent where the browser had no room for it; then only its name is left. */
  file?: File;
}

export interface Keeper {
  keep(id: string, kept: Kept): Promise<void>;
  drop(ids: string[]): Promise<void>;
  list(owner: string): Promise<[string, Kept][]>;
}

export class BrowserKeeper implements Keeper {
  #store = createStore("sightline-uploads", "uploads");

  async keep(id: string, kept: Kept): Promise<void> {
    try {
      await set(id, kept, this.#store);
    } catch {
      const { file: _, ...rest } = kept;
      await set(id, rest, this.#store).catch(() => {});
    }
  }

  drop(ids: string[]): Promise<void> {
    return delMany(ids, this.#store).catch(() => {});
  }

  /** In the order in which they were added. */
  async list(owner: string): Promise<[string, Kept][]> {
    const all = await entries<string, Kept>(this.#store).catch(() => []);
    return all.filter(([, kept]) => kept.owner === owner).sort(([, a], [, b]) => a.addedAt - b.addedAt);
  }
}
