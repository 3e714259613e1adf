/** Files that another application shared, kept until the user uploads or discards them. */
import { clear, createStore, entries, set, type UseStore } from "idb-keyval";

/** `share_target` of the web app manifest. The page of this path lists the files. */
export const SHARE_PATH = "/share";

/** Name of the form field in the manifest. */
export const SHARE_FIELD = "photos";

/** Files that wait at most, so that no other site can fill the disk. */
export const MAX_SHARED_FILES = 200;

/** Files that were not uploaded are removed after this time. */
export const MAX_AGE_MILLISECONDS = 24 * 60 * 60_000;

interface SharedFile {
  file: File;
  sharedAt: number;
}

export interface SharedFileStore {
  add(files: readonly File[]): Promise<void>;
  list(): Promise<File[]>;
  clear(): Promise<void>;
}

export class IndexedDbSharedFiles implements SharedFileStore {
  #store: UseStore | null = null;

  async add(files: readonly File[]): Promise<void> {
    const waiting = await this.#load();
    const sharedAt = Date.now();
    for (const [index, file] of files.slice(0, MAX_SHARED_FILES - waiting.length).entries()) {
      // Keys are sorted as text.
      const key = `${sharedAt}-${String(index).padStart(4, "0")}`;
      await set(key, { file, sharedAt } satisfies SharedFile, this.#open());
    }
  }

  async list(): Promise<File[]> {
    return (await this.#load()).map(({ file }) => file);
  }

  clear(): Promise<void> {
    return clear(this.#open());
  }

  /** Return what waits, in the order in which it was shared. Older files are removed together. */
  async #load(): Promise<SharedFile[]> {
    const all = (await entries<string, SharedFile>(this.#open())).map(([, each]) => each);
    const recent = all.filter(({ sharedAt }) => Date.now() - sharedAt < MAX_AGE_MILLISECONDS);
    if (recent.length > 0 || all.length === 0) return recent;
    await this.clear();
    return [];
  }

  #open(): UseStore {
    return (this.#store ??= createStore("sightline-shared", "files"));
  }
}

/** Store the files of a share and continue on the page that lists them. Runs in the service worker. */
export async function receiveShare(request: Request, store: SharedFileStore): Promise<Response> {
  const form = await request.formData();
  const files = form.getAll(SHARE_FIELD).filter((value) => value instanceof File && value.size > 0) as File[];
  await store.add(files);
  // After a 303, a reload of the page does not share the files again.
  return Response.redirect(new URL(SHARE_PATH, location.origin), 303);
}
