import { Problem, Unreachable, type Sightline } from "sightline-client";
import type { Feature, Picture, Ticket } from "../api/types";
import { SignedOut } from "../session/session";
import { Store } from "../store";
import { guessType } from "./files";
import { FileGone } from "./hash";
import type { Keeper, Kept } from "./kept";
import { FormRefused } from "./post";

/** `lost`: only its name is left, and it has to be chosen again. */
export type UploadState = "waiting" | "hashing" | "sending" | "sent" | "duplicate" | "failed" | "lost";

export interface Upload {
  id: string;
  name: string;
  size: number;
  state: UploadState;
  /** How much has been sent, 0 to 1. */
  progress: number;
  /** Why it failed: a code of the API's or of ours. */
  problem: string | null;
  imageId: string | null;
  duplicateOf: string | null;
}

export interface Order {
  features: Feature[];
  album: string | null;
}

export interface Means {
  api: Sightline;
  keeper: Keeper;
  hash(file: Blob): Promise<string>;
  post(form: Ticket["upload"], file: Blob, signal: AbortSignal, onProgress: (share: number) => void): Promise<void>;
  /** A picture is announced, or has arrived. */
  onPicture(picture: Picture): void;
  onSent(imageId: string): void;
  sleep(milliseconds: number): Promise<void>;
}

/** Uploads at the same time, and tries of each before somebody has to say so. */
const CONCURRENCY = 3;
const ATTEMPTS = 4;

/** Milliseconds before the second try; doubles from then on. */
const BACKOFF = 1_000;

interface Work extends Order {
  file: File | null;
  anyway: boolean;
  stopped: AbortController;
}

/** Of the bytes, and of the demand to upload them. */
interface Names {
  sha256: string;
  key: string;
}

/** Files on their way to S3: each is hashed, announced, and posted with its ticket's form. */
export class UploadQueue {
  readonly uploads = new Store<readonly Upload[]>([]);
  #work = new Map<string, Work>();
  #running = new Set<string>();
  #owner: string | null = null;

  constructor(private readonly means: Means) {}

  /** Go on with what this owner had not finished. */
  async open(owner: string): Promise<void> {
    if (this.#owner === owner) return;
    this.#owner = owner;
    for (const [id, kept] of await this.means.keeper.list(owner)) {
      if (this.#owner === owner) this.#enter(id, kept);
    }
    this.#next();
  }

  /** Stop all of it. What is not finished stays kept for this owner. */
  close(): void {
    for (const work of this.#work.values()) work.stopped.abort();
    this.#owner = null;
    this.#work.clear();
    this.#running.clear();
    this.uploads.set([]);
  }

  add(files: readonly File[], order: Order): void {
    if (!this.#owner) return;
    for (const [place, file] of files.entries()) {
      const id = crypto.randomUUID();
      const kept: Kept = {
        owner: this.#owner,
        name: file.name,
        size: file.size,
        addedAt: Date.now() + place / 1000,
        file,
        ...order,
      };
      this.#enter(id, kept);
      if (guessType(file)) void this.means.keeper.keep(id, kept);
    }
    this.#next();
  }

  retry(id: string): void {
    this.#change(id, { state: "waiting", problem: null, progress: 0 });
    this.#next();
  }

  retryAll(): void {
    for (const upload of this.uploads.value) if (upload.state === "failed") this.retry(upload.id);
  }

  /** Upload what is there already once more. */
  uploadAnyway(id: string): void {
    const work = this.#work.get(id);
    if (work) work.anyway = true;
    this.retry(id);
  }

  remove(id: string): void {
    this.#work.get(id)?.stopped.abort();
    this.#work.delete(id);
    this.#running.delete(id);
    this.uploads.update((all) => all.filter((upload) => upload.id !== id));
    void this.means.keeper.drop([id]);
    this.#next();
  }

  /** Take out of the list whatever needs nobody any more. */
  clear(): void {
    for (const { id, state } of this.uploads.value) {
      if (state === "sent" || state === "duplicate") this.remove(id);
    }
  }

  #enter(id: string, kept: Kept): void {
    const { file = null, features, album } = kept;
    this.#work.set(id, { file, features, album, anyway: false, stopped: new AbortController() });
    const taken = file === null || guessType(file) !== null;
    const upload: Upload = {
      id,
      name: kept.name,
      size: kept.size,
      state: file === null ? "lost" : taken ? "waiting" : "failed",
      progress: 0,
      problem: taken ? null : "unsupported_format",
      imageId: null,
      duplicateOf: null,
    };
    this.uploads.update((all) => [...all, upload]);
  }

  #next(): void {
    for (const upload of this.uploads.value) {
      if (this.#running.size >= CONCURRENCY) return;
      if (upload.state === "waiting" && !this.#running.has(upload.id)) void this.#run(upload.id);
    }
  }

  async #run(id: string): Promise<void> {
    const work = this.#work.get(id);
    if (!work?.file) return;
    this.#running.add(id);
    try {
      await this.#upload(id, work, work.file);
    } catch (error) {
      if (!work.stopped.signal.aborted) this.#fail(id, error);
    } finally {
      // Not where it was removed, or everything was stopped, meanwhile.
      if (this.#work.get(id) === work) {
        this.#running.delete(id);
        this.#next();
      }
    }
  }

  async #upload(id: string, work: Work, file: File): Promise<void> {
    this.#change(id, { state: "hashing" });
    const sha256 = await this.means.hash(file);
    // A try whose answer was lost gets the same ticket again.
    const key = crypto.randomUUID();
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#send(id, work, file, { sha256, key });
      } catch (error) {
        if (work.stopped.signal.aborted || attempt === ATTEMPTS || !isPassing(error)) throw error;
        const asked = error instanceof Problem ? (error.retryAfter ?? 0) * 1000 : 0;
        await this.means.sleep(Math.max(asked, BACKOFF * 2 ** (attempt - 1)));
        if (work.stopped.signal.aborted) throw error;
      }
    }
  }

  async #send(id: string, work: Work, file: File, names: Names): Promise<void> {
    const ticket = await this.#announce(work, file, names);
    if (work.stopped.signal.aborted) return;
    if (ticket.duplicate_of && !work.anyway) {
      // The ticket is not wanted then; unused it would be removed by itself, but later.
      const path = { image_id: ticket.image.id };
      await this.means.api.DELETE("/v1/images/{image_id}", { params: { path } }).catch(() => {});
      return this.#end(id, { state: "duplicate", duplicateOf: ticket.duplicate_of });
    }
    this.#change(id, { state: "sending", imageId: ticket.image.id });
    this.means.onPicture(ticket.image);
    await this.#putIntoAlbum(work.album, ticket.image.id);
    await this.means.post(ticket.upload, file, work.stopped.signal, (progress) => this.#change(id, { progress }));
    this.#end(id, { state: "sent", progress: 1 });
    this.means.onSent(ticket.image.id);
  }

  async #announce(work: Work, file: File, { sha256, key }: Names): Promise<Ticket> {
    const { data } = await this.means.api.POST("/v1/images", {
      params: { header: { "idempotency-key": key } },
      body: {
        media_type: guessType(file)!,
        bytes: file.size,
        sha256,
        title: file.name.trim().slice(0, 200) || null,
        features: work.features.length > 0 ? work.features : null,
      },
    });
    return data!;
  }

  async #putIntoAlbum(album: string | null, imageId: string): Promise<void> {
    if (!album) return;
    await this.means.api.POST("/v1/albums/{album_id}/images", {
      params: { path: { album_id: album }, header: { "idempotency-key": crypto.randomUUID() } },
      body: { ids: [imageId] },
    });
  }

  #fail(id: string, error: unknown): void {
    if (error instanceof FileGone) return this.#change(id, { state: "lost" });
    this.#change(id, { state: "failed", problem: nameProblem(error) });
  }

  #end(id: string, change: Partial<Upload>): void {
    this.#change(id, change);
    void this.means.keeper.drop([id]);
  }

  #change(id: string, change: Partial<Upload>): void {
    this.uploads.update((all) => all.map((upload) => (upload.id === id ? { ...upload, ...change } : upload)));
  }
}

/** Whether another try may go better. */
function isPassing(error: unknown): boolean {
  if (error instanceof Problem) return error.status === 429 || error.status >= 500 || error.code === "request_in_progress";
  if (error instanceof FormRefused) return error.status >= 500;
  return error instanceof Unreachable;
}

function nameProblem(error: unknown): string {
  if (error instanceof Problem) return error.code;
  if (error instanceof FormRefused) return "upload_refused";
  if (error instanceof SignedOut) return "signed_out";
  return error instanceof Unreachable ? "unreachable" : "unknown";
}
