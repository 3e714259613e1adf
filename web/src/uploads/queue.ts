import { Problem, Unreachable, type Sightline } from "sightline-client";
import type { Feature, ImageUpload, ImageView } from "../api/types";
import { CognitoUnavailable } from "../session/cognito";
import { SignedOut } from "../session/session";
import { Store } from "../store";
import { guessType } from "./files";
import { FileUnavailable } from "./hash";
import type { JournalEntry, UploadJournal } from "./journal";
import { PostRejected } from "./post";

/**
 * `waiting`: the network is unavailable, and the upload resumes by itself.
 * `missing`: the browser no longer has the file, and the user must choose it again.
 */
export type UploadState = "queued" | "hashing" | "uploading" | "waiting" | "uploaded" | "duplicate" | "failed" | "missing";

export interface Upload {
  id: string;
  name: string;
  size: number;
  state: UploadState;
  /** Fraction of the file that has been sent, 0 to 1. */
  progress: number;
  /** Error code of the API or of this application. */
  error: string | null;
  imageId: string | null;
  duplicateOf: string | null;
}

export interface UploadOptions {
  features: Feature[];
  album: string | null;
}

export interface UploadQueueServices {
  api: Sightline;
  journal: UploadJournal;
  hash(file: Blob): Promise<string>;
  post(
    target: ImageUpload["upload"],
    file: Blob,
    signal: AbortSignal,
    onProgress: (fraction: number) => void,
  ): Promise<void>;
  onCreated(image: ImageView): void;
  onUploaded(imageId: string): void;
  sleep(milliseconds: number): Promise<void>;
}

const MAX_CONCURRENT_UPLOADS = 3;

/** Attempts of each upload before the user has to retry it, or the network has to return. */
const MAX_ATTEMPTS = 4;

/** Delay before the second attempt; doubles with every further attempt. */
const BACKOFF_MILLISECONDS = 1_000;

/** Delay until uploads that wait for the network are tried again, unless it is known to have returned earlier. */
const RESUME_MILLISECONDS = 60_000;

interface Task extends UploadOptions {
  file: File | null;
  allowDuplicate: boolean;
  cancellation: AbortController;
  /** Those of the last attempts, if the network failed them. */
  keys?: UploadKeys | undefined;
}

interface UploadKeys {
  sha256: string;
  idempotencyKey: string;
  /** When the presigned POST expires, in milliseconds; unknown until the upload was created. */
  expiresAt?: number;
}

/** Uploads files to S3: each file is hashed, registered at the API and sent with a presigned POST. */
export class UploadQueue {
  readonly uploads = new Store<readonly Upload[]>([]);
  #tasks = new Map<string, Task>();
  #running = new Set<string>();
  #owner: string | null = null;
  /** Set while the network is unavailable; changes with each interruption. */
  #pause: object | null = null;

  constructor(private readonly services: UploadQueueServices) {}

  /** Resume an owner's unfinished uploads. */
  async open(owner: string): Promise<void> {
    if (this.#owner === owner) return;
    this.#owner = owner;
    for (const [id, entry] of await this.services.journal.list(owner)) {
      if (this.#owner === owner) this.#enqueue(id, entry);
    }
    this.#startNext();
  }

  /** Cancel all uploads. Unfinished ones remain in the journal. */
  close(): void {
    for (const task of this.#tasks.values()) task.cancellation.abort();
    this.#owner = null;
    this.#pause = null;
    this.#tasks.clear();
    this.#running.clear();
    this.uploads.set([]);
  }

  add(files: readonly File[], options: UploadOptions): void {
    if (!this.#owner) return;
    for (const [index, file] of files.entries()) {
      const id = crypto.randomUUID();
      const entry: JournalEntry = {
        owner: this.#owner,
        name: file.name,
        size: file.size,
        addedAt: Date.now() + index / 1000,
        file,
        ...options,
      };
      this.#enqueue(id, entry);
      if (guessType(file)) void this.services.journal.save(id, entry);
    }
    this.#startNext();
  }

  retry(id: string): void {
    const task = this.#tasks.get(id);
    if (task) task.keys = undefined;
    this.#pause = null;
    this.#update(id, { state: "queued", error: null, progress: 0 });
    this.#startNext();
  }

  /** Continue the uploads that wait for the network. */
  resume(): void {
    this.#pause = null;
    for (const { id, state } of this.uploads.value) if (state === "waiting") this.#update(id, { state: "queued", progress: 0 });
    this.#startNext();
  }

  retryAll(): void {
    for (const upload of this.uploads.value) if (upload.state === "failed") this.retry(upload.id);
  }

  /** Upload a file even though the owner already has an identical image. */
  uploadAnyway(id: string): void {
    const task = this.#tasks.get(id);
    if (task) task.allowDuplicate = true;
    this.retry(id);
  }

  remove(id: string): void {
    this.#tasks.get(id)?.cancellation.abort();
    this.#tasks.delete(id);
    this.#running.delete(id);
    this.uploads.update((all) => all.filter((upload) => upload.id !== id));
    void this.services.journal.remove([id]);
    this.#startNext();
  }

  #enqueue(id: string, entry: JournalEntry): void {
    const { file = null, features, album } = entry;
    this.#tasks.set(id, { file, features, album, allowDuplicate: false, cancellation: new AbortController() });
    const supported = file === null || guessType(file) !== null;
    const upload: Upload = {
      id,
      name: entry.name,
      size: entry.size,
      state: file === null ? "missing" : !supported ? "failed" : this.#pause ? "waiting" : "queued",
      progress: 0,
      error: supported ? null : "unsupported_format",
      imageId: null,
      duplicateOf: null,
    };
    this.uploads.update((all) => [...all, upload]);
  }

  #startNext(): void {
    for (const upload of this.uploads.value) {
      if (this.#running.size >= MAX_CONCURRENT_UPLOADS) return;
      if (upload.state === "queued" && !this.#running.has(upload.id)) void this.#run(upload.id);
    }
  }

  async #run(id: string): Promise<void> {
    const task = this.#tasks.get(id);
    if (!task?.file) return;
    this.#running.add(id);
    try {
      await this.#uploadWithRetries(id, task, task.file);
    } catch (error) {
      if (!task.cancellation.signal.aborted) this.#fail(id, task, error);
    } finally {
      // Unless the upload was removed or the queue closed in between.
      if (this.#tasks.get(id) === task) {
        this.#running.delete(id);
        this.#startNext();
      }
    }
  }

  async #uploadWithRetries(id: string, task: Task, file: File): Promise<void> {
    this.#update(id, { state: "hashing" });
    // All attempts share a key, so that a retry after a lost response returns the same upload.
    const sha256 = task.keys?.sha256 ?? (await this.services.hash(file));
    const keys = (task.keys = isCurrent(task.keys) ? task.keys : { sha256, idempotencyKey: crypto.randomUUID() });
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#upload(id, task, file, keys);
      } catch (error) {
        if (task.cancellation.signal.aborted || attempt === MAX_ATTEMPTS || !isTransient(error)) throw error;
        const retryAfter = error instanceof Problem ? (error.retryAfter ?? 0) * 1000 : 0;
        await this.services.sleep(Math.max(retryAfter, BACKOFF_MILLISECONDS * 2 ** (attempt - 1)));
        if (task.cancellation.signal.aborted) throw error;
      }
    }
  }

  async #upload(id: string, task: Task, file: File, keys: UploadKeys): Promise<void> {
    const created = await this.#createUpload(task, file, keys);
    keys.expiresAt = Date.parse(created.upload.expires_at);
    if (task.cancellation.signal.aborted) return;
    if (created.duplicate_of && !task.allowDuplicate) {
      // Delete the unused upload now; otherwise it would be removed only after it expires.
      const path = { image_id: created.image.id };
      await this.services.api.DELETE("/v1/images/{image_id}", { params: { path, query: { permanent: true } } }).catch(() => {});
      return this.#finish(id, { state: "duplicate", duplicateOf: created.duplicate_of });
    }
    this.#update(id, { state: "uploading", imageId: created.image.id });
    this.services.onCreated(created.image);
    await this.#addToAlbum(task.album, created.image.id);
    await this.services.post(created.upload, file, task.cancellation.signal, (progress) =>
      this.#update(id, { progress }),
    );
    this.#finish(id, { state: "uploaded", progress: 1 });
    this.services.onUploaded(created.image.id);
  }

  async #createUpload(task: Task, file: File, { sha256, idempotencyKey }: UploadKeys): Promise<ImageUpload> {
    const { data } = await this.services.api.POST("/v1/images", {
      params: { header: { "idempotency-key": idempotencyKey } },
      body: {
        media_type: guessType(file)!,
        bytes: file.size,
        sha256,
        title: file.name.trim().slice(0, 200) || null,
        features: task.features.length > 0 ? task.features : null,
      },
    });
    return data!;
  }

  async #addToAlbum(album: string | null, imageId: string): Promise<void> {
    if (!album) return;
    await this.services.api.POST("/v1/albums/{album_id}/images", {
      params: { path: { album_id: album }, header: { "idempotency-key": crypto.randomUUID() } },
      body: { ids: [imageId] },
    });
  }

  #fail(id: string, task: Task, error: unknown): void {
    if (error instanceof FileUnavailable) return this.#update(id, { state: "missing" });
    if (isUnreachable(error)) return this.#wait(id);
    task.keys = undefined;
    this.#update(id, { state: "failed", error: codeOf(error) });
  }

  /** Let this upload and those after it wait for the network. */
  #wait(id: string): void {
    for (const upload of this.uploads.value) {
      if (upload.id === id || upload.state === "queued") this.#update(upload.id, { state: "waiting", progress: 0 });
    }
    if (this.#pause) return;
    const pause = (this.#pause = {});
    void this.services.sleep(RESUME_MILLISECONDS).then(() => {
      if (this.#pause === pause) this.resume();
    });
  }

  #finish(id: string, change: Partial<Upload>): void {
    this.#update(id, change);
    void this.services.journal.remove([id]);
  }

  #update(id: string, change: Partial<Upload>): void {
    this.uploads.update((all) => all.map((upload) => (upload.id === id ? { ...upload, ...change } : upload)));
  }
}

/** Whether another attempt may succeed. */
function isTransient(error: unknown): boolean {
  if (error instanceof Problem) return error.status === 429 || error.status >= 500 || error.code === "request_in_progress";
  if (error instanceof PostRejected) return error.status >= 500;
  return isUnreachable(error);
}

/** Whether neither the API, S3 nor Cognito responded. */
function isUnreachable(error: unknown): boolean {
  return error instanceof Unreachable || error instanceof CognitoUnavailable;
}

/** Whether the upload that these keys created can still be used; unknown counts as usable. */
function isCurrent(keys: UploadKeys | undefined): keys is UploadKeys {
  return keys !== undefined && (keys.expiresAt === undefined || keys.expiresAt > Date.now());
}

function codeOf(error: unknown): string {
  if (error instanceof Problem) return error.code;
  if (error instanceof PostRejected) return "upload_rejected";
  if (error instanceof SignedOut) return "signed_out";
  return "unknown";
}
