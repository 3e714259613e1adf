/** Unfinished uploads, stored in the browser so that they resume after a reload. */
import { createStore, delMany, entries, set } from "idb-keyval";
import type { Feature } from "../api/types";

export interface JournalEntry {
  owner: string;
  name: string;
  size: number;
  features: Feature[];
  album: string | null;
  addedAt: number;
  /** Absent if the browser could not store the file; the user must choose it again. */
  file?: File;
}

export interface UploadJournal {
  save(id: string, entry: JournalEntry): Promise<void>;
  remove(ids: string[]): Promise<void>;
  list(owner: string): Promise<[string, JournalEntry][]>;
}

export class IndexedDbJournal implements UploadJournal {
  #store = createStore("sightline-uploads", "uploads");

  async save(id: string, entry: JournalEntry): Promise<void> {
    try {
      await set(id, entry, this.#store);
    } catch {
      const { file: _, ...rest } = entry;
      await set(id, rest, this.#store).catch(() => {});
    }
  }

  remove(ids: string[]): Promise<void> {
    return delMany(ids, this.#store).catch(() => {});
  }

  /** Return an owner's entries in the order in which they were added. */
  async list(owner: string): Promise<[string, JournalEntry][]> {
    const all = await entries<string, JournalEntry>(this.#store).catch(() => []);
    return all.filter(([, entry]) => entry.owner === owner).sort(([, a], [, b]) => a.addedAt - b.addedAt);
  }
}
