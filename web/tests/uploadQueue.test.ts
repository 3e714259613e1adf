import { Problem, Unreachable } from "sightline-client";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { ImageView } from "../src/api/types";
import { CognitoUnavailable } from "../src/session/cognito";
import { FileUnavailable } from "../src/uploads/hash";
import type { UploadJournal, JournalEntry } from "../src/uploads/journal";
import { PostRejected } from "../src/uploads/post";
import { UploadQueue, type UploadQueueServices } from "../src/uploads/queue";
import { summarizeUploads } from "../src/uploads/summary";
import { makeImage, until } from "./samples";

class MemoryJournal implements UploadJournal {
  readonly entries = new Map<string, JournalEntry>();
  async save(id: string, entry: JournalEntry) {
    this.entries.set(id, entry);
  }
  async remove(ids: string[]) {
    ids.forEach((id) => this.entries.delete(id));
  }
  async list(owner: string) {
    return [...this.entries].filter(([, entry]) => entry.owner === owner);
  }
}

const OPTIONS = { features: ["labels" as const], album: null };

const file = (name = "a.jpg") => new File(["12345"], name, { type: "image/jpeg" });

/** The API as the queue uses it: every request creates an upload of its own. */
class Api {
  created: { body: { title: string; sha256: string }; params: { header: { "idempotency-key": string } } }[] = [];
  deleted: string[] = [];
  albums: string[] = [];
  duplicates = new Map<string, string>();
  expiresAt = "";

  async POST(path: string, init: any) {
    if (path.includes("albums")) {
      this.albums.push(init.body.ids[0]);
      return {};
    }
    this.created.push(init);
    const image: ImageView = makeImage(this.created.length, { status: "awaiting_upload" });
    return {
      data: {
        image,
        upload: { url: "http://s3", fields: {}, expires_at: this.expiresAt },
        duplicate_of: this.duplicates.get(init.body.sha256) ?? null,
      },
    };
  }

  async DELETE(_: string, init: any) {
    this.deleted.push(init.params.path.image_id);
  }
}

let api: Api;
let journal: MemoryJournal;
let post: ReturnType<typeof vi.fn<UploadQueueServices["post"]>>;
let hash: ReturnType<typeof vi.fn<UploadQueueServices["hash"]>>;
let slept: number[];
/** Ends the waiting for the network, as after a minute. */
let wake: () => void;

function makeQueue(): UploadQueue {
  return new UploadQueue({
    api: api as never,
    journal,
    hash,
    post,
    onCreated: () => {},
    onUploaded: () => {},
    sleep: (milliseconds) => {
      slept.push(milliseconds);
      return milliseconds < 60_000 ? Promise.resolve() : new Promise((resolve) => (wake = resolve));
    },
  });
}

async function open(): Promise<UploadQueue> {
  const queue = makeQueue();
  await queue.open("me");
  return queue;
}

const states = (queue: UploadQueue) => queue.uploads.value.map((upload) => upload.state);
const idle = (queue: UploadQueue) => until(() => summarizeUploads(queue.uploads.value).active === 0);

beforeEach(() => {
  api = new Api();
  journal = new MemoryJournal();
  slept = [];
  post = vi.fn<UploadQueueServices["post"]>(async () => {});
  hash = vi.fn<UploadQueueServices["hash"]>(async () => "ab".repeat(32));
});

test("a file is hashed, registered, posted and removed from the journal", async () => {
  const queue = await open();
  queue.add([file("beach.jpg")], OPTIONS);
  await idle(queue);
  expect(states(queue)).toEqual(["uploaded"]);
  expect(api.created[0]?.body).toMatchObject({ title: "beach.jpg", bytes: 5, media_type: "image/jpeg", features: ["labels"] });
  expect(post).toHaveBeenCalledOnce();
  expect(journal.entries.size).toBe(0);
});

test("at most three files upload concurrently", async () => {
  const ends: (() => void)[] = [];
  post.mockImplementation(() => new Promise((resolve) => ends.push(resolve)));
  const queue = await open();
  queue.add(Array.from({ length: 7 }, (_, at) => file(`${at}.jpg`)), OPTIONS);
  await until(() => ends.length === 3);
  expect(states(queue).filter((state) => state === "queued")).toHaveLength(4);
  while (ends.length > 0) {
    ends.shift()!();
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await idle(queue);
  expect(states(queue)).toEqual(Array(7).fill("uploaded"));
});

test("an unsupported file fails without a request", async () => {
  const queue = await open();
  queue.add([new File(["x"], "notes.txt", { type: "text/plain" })], OPTIONS);
  expect(queue.uploads.value[0]).toMatchObject({ state: "failed", error: "unsupported_format" });
  expect(api.created).toEqual([]);
});

test.each([
  ["IMG_1.HEIC", "", "image/heic"],
  ["IMG_1.HIF", "", "image/heif"],
  ["photo.jfif", "", "image/jpeg"],
  ["photo.JPE", "image/pjpeg", "image/jpeg"],
  ["IMG_1.DNG", "image/x-adobe-dng", "image/tiff"],
  ["DSC_1.NEF", "", "image/tiff"],
])("the media type of %s is derived from the file name", async (name, type, expected) => {
  const queue = await open();
  queue.add([new File(["x"], name, { type })], OPTIONS);
  await idle(queue);
  expect(api.created[0]?.body).toMatchObject({ media_type: expected });
});

describe("a failure", () => {
  test.each<[string, Error]>([
    ["of the network", new Unreachable("x")],
    ["of S3, transient", new PostRejected(503, "SlowDown")],
    ["of the API, transient", new Problem(503, "unavailable", "")],
  ])("%s is retried with backoff and the same idempotency key", async (_, error) => {
    post.mockRejectedValueOnce(error).mockRejectedValueOnce(error);
    const queue = await open();
    queue.add([file()], OPTIONS);
    await idle(queue);
    expect(states(queue)).toEqual(["uploaded"]);
    expect(slept).toEqual([1000, 2000]);
    expect(new Set(api.created.map((each) => each.params.header["idempotency-key"])).size).toBe(1);
  });

  test("that persists ends after four attempts; a manual retry uses a new key", async () => {
    post.mockRejectedValue(new PostRejected(503, "SlowDown"));
    const queue = await open();
    queue.add([file()], OPTIONS);
    await idle(queue);
    expect(queue.uploads.value[0]).toMatchObject({ state: "failed", error: "upload_rejected" });
    expect(post).toHaveBeenCalledTimes(4);
    expect(journal.entries.size).toBe(1);
    post.mockResolvedValue();
    queue.retryAll();
    await idle(queue);
    expect(states(queue)).toEqual(["uploaded"]);
    expect(new Set(api.created.map((each) => each.params.header["idempotency-key"])).size).toBe(2);
  });

  test("that is permanent is not retried", async () => {
    post.mockRejectedValue(new PostRejected(403, "AccessDenied"));
    const queue = await open();
    queue.add([file()], OPTIONS);
    await idle(queue);
    expect(post).toHaveBeenCalledOnce();
    expect(queue.uploads.value[0]?.error).toBe("upload_rejected");
  });

  test("with Retry-After is retried after that time", async () => {
    vi.spyOn(api, "POST").mockRejectedValueOnce(new Problem(429, "rate_limited", "", 7));
    const queue = await open();
    queue.add([file()], OPTIONS);
    await idle(queue);
    expect(slept).toEqual([7000]);
    expect(states(queue)).toEqual(["uploaded"]);
  });

  test("to read the file marks it as missing", async () => {
    hash.mockRejectedValue(new FileUnavailable());
    const queue = await open();
    queue.add([file()], OPTIONS);
    await idle(queue);
    expect(states(queue)).toEqual(["missing"]);
  });
});

describe("without a network", () => {
  const keys = () => new Set(api.created.map((each) => each.params.header["idempotency-key"]));

  async function interrupt(...names: string[]): Promise<UploadQueue> {
    post.mockRejectedValue(new Unreachable("x"));
    const queue = await open();
    queue.add(names.map(file), OPTIONS);
    await until(() => states(queue).every((state) => state === "waiting"));
    return queue;
  }

  test("uploads wait, and those after them are not even tried", async () => {
    const queue = await interrupt("1.jpg", "2.jpg", "3.jpg", "4.jpg");
    expect(api.created.map(({ body }) => body.title)).not.toContain("4.jpg");
    expect(journal.entries.size).toBe(4);
    const attempts = post.mock.calls.length;
    queue.add([file("5.jpg")], OPTIONS);
    expect(states(queue)).toEqual(Array(5).fill("waiting"));
    expect(post).toHaveBeenCalledTimes(attempts);
  });

  test.each([
    ["the network returns", (queue: UploadQueue) => queue.resume()],
    ["a minute has passed", () => wake()],
    ["the user retries one of them", (queue: UploadQueue) => queue.retry(queue.uploads.value[0]!.id)],
  ])("uploads continue when %s", async (_, act: (queue: UploadQueue) => void) => {
    const queue = await interrupt("1.jpg", "2.jpg");
    post.mockResolvedValue();
    act(queue);
    await until(() => states(queue)[0] === "uploaded");
    queue.resume();
    await until(() => states(queue)[1] === "uploaded");
  });

  test.each([
    [1, "can still be used", 60_000],
    [2, "has expired", -1],
  ])("%s upload is created if the first one %s", async (count, _, milliseconds) => {
    api.expiresAt = new Date(Date.now() + milliseconds).toISOString();
    const queue = await interrupt("1.jpg");
    post.mockResolvedValue();
    queue.resume();
    await idle(queue);
    expect(keys().size).toBe(count);
    expect(hash).toHaveBeenCalledOnce();
  });

  test("a sign-in service that does not respond counts as the network", async () => {
    vi.spyOn(api, "POST").mockRejectedValue(new CognitoUnavailable());
    const queue = await open();
    queue.add([file()], OPTIONS);
    await until(() => states(queue)[0] === "waiting");
  });

  test("a later sign-in of another user resumes nothing", async () => {
    const queue = await interrupt("1.jpg");
    queue.close();
    await queue.open("you");
    wake();
    queue.resume();
    expect(queue.uploads.value).toEqual([]);
  });
});

test("a duplicate is not uploaded and its upload is deleted, unless the user uploads it anyway", async () => {
  api.duplicates.set("ab".repeat(32), "the-first");
  const queue = await open();
  queue.add([file()], OPTIONS);
  await idle(queue);
  expect(queue.uploads.value[0]).toMatchObject({ state: "duplicate", duplicateOf: "the-first" });
  expect(post).not.toHaveBeenCalled();
  expect(api.deleted).toEqual([makeImage(1).id]);
  queue.uploadAnyway(queue.uploads.value[0]!.id);
  await idle(queue);
  expect(states(queue)).toEqual(["uploaded"]);
});

test("an image is added to its album before it is sent", async () => {
  const queue = await open();
  post.mockImplementation(async () => expect(api.albums).toEqual([makeImage(1).id]));
  queue.add([file()], { ...OPTIONS, album: "a1" });
  await idle(queue);
  expect(states(queue)).toEqual(["uploaded"]);
});

describe("after a reload", () => {
  test("unfinished uploads resume", async () => {
    post.mockImplementation(() => new Promise(() => {}));
    const before = await open();
    before.add([file("one.jpg"), file("two.jpg")], OPTIONS);
    await until(() => journal.entries.size === 2);
    post.mockImplementation(async () => {});
    const after = await open();
    await idle(after);
    expect(after.uploads.value.map(({ name, state }) => [name, state])).toEqual([
      ["one.jpg", "uploaded"],
      ["two.jpg", "uploaded"],
    ]);
  });

  test("a file that could not be stored is listed as missing", async () => {
    await journal.save("x", { owner: "me", name: "big.tif", size: 9, addedAt: 0, ...OPTIONS });
    const queue = await open();
    expect(queue.uploads.value).toMatchObject([{ name: "big.tif", state: "missing" }]);
  });

  test("another user's uploads are not listed", async () => {
    await journal.save("x", { owner: "you", name: "yours.jpg", size: 9, addedAt: 0, ...OPTIONS });
    expect((await open()).uploads.value).toEqual([]);
  });
});

test("signing out cancels uploads and keeps them in the journal", async () => {
  const signals: AbortSignal[] = [];
  post.mockImplementation((_, __, signal) => {
    signals.push(signal);
    return new Promise(() => {});
  });
  const queue = await open();
  queue.add([file()], OPTIONS);
  await until(() => signals.length === 1);
  queue.close();
  expect(signals[0]?.aborted).toBe(true);
  expect(queue.uploads.value).toEqual([]);
  expect(journal.entries.size).toBe(1);
});

test("progress is the fraction of all bytes", async () => {
  let report: (fraction: number) => void = () => {};
  post.mockImplementation((_, __, ___, onProgress) => {
    report = onProgress;
    return new Promise(() => {});
  });
  const queue = await open();
  queue.add([file(), new File(["x".repeat(15)], "b.jpg", { type: "image/jpeg" })], OPTIONS);
  await until(() => post.mock.calls.length === 2);
  report(0.5);
  expect(summarizeUploads(queue.uploads.value).progress).toBeCloseTo(7.5 / 20);
});
