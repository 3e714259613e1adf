import { Problem, Unreachable } from "sightline-client";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Picture } from "../src/api/types";
import { FileGone } from "../src/uploads/hash";
import type { Keeper, Kept } from "../src/uploads/kept";
import { FormRefused } from "../src/uploads/post";
import { UploadQueue, type Means } from "../src/uploads/queue";
import { addUp } from "../src/uploads/total";
import { makePicture, until } from "./samples";

class MemoryKeeper implements Keeper {
  readonly kept = new Map<string, Kept>();
  async keep(id: string, kept: Kept) {
    this.kept.set(id, kept);
  }
  async drop(ids: string[]) {
    ids.forEach((id) => this.kept.delete(id));
  }
  async list(owner: string) {
    return [...this.kept].filter(([, kept]) => kept.owner === owner);
  }
}

const ORDER = { features: ["labels" as const], album: null };

const file = (name = "a.jpg") => new File(["12345"], name, { type: "image/jpeg" });

/** The API as a queue knows it: every announcement answers a ticket of its own. */
class Api {
  announced: { body: { title: string; sha256: string }; params: { header: { "idempotency-key": string } } }[] = [];
  deleted: string[] = [];
  albums: string[] = [];
  duplicates = new Map<string, string>();

  async POST(path: string, init: any) {
    if (path.includes("albums")) {
      this.albums.push(init.body.ids[0]);
      return {};
    }
    this.announced.push(init);
    const image: Picture = makePicture(this.announced.length, { status: "awaiting_upload" });
    return {
      data: {
        image,
        upload: { url: "http://s3", fields: {}, expires_at: "" },
        duplicate_of: this.duplicates.get(init.body.sha256) ?? null,
      },
    };
  }

  async DELETE(_: string, init: any) {
    this.deleted.push(init.params.path.image_id);
  }
}

let api: Api;
let keeper: MemoryKeeper;
let post: ReturnType<typeof vi.fn<Means["post"]>>;
let hash: ReturnType<typeof vi.fn<Means["hash"]>>;
let slept: number[];

function makeQueue(): UploadQueue {
  return new UploadQueue({
    api: api as never,
    keeper,
    hash,
    post,
    onPicture: () => {},
    onSent: () => {},
    sleep: async (milliseconds) => void slept.push(milliseconds),
  });
}

async function open(): Promise<UploadQueue> {
  const queue = makeQueue();
  await queue.open("me");
  return queue;
}

const states = (queue: UploadQueue) => queue.uploads.value.map((upload) => upload.state);
const idle = (queue: UploadQueue) => until(() => addUp(queue.uploads.value).active === 0);

beforeEach(() => {
  api = new Api();
  keeper = new MemoryKeeper();
  slept = [];
  post = vi.fn<Means["post"]>(async () => {});
  hash = vi.fn<Means["hash"]>(async () => "ab".repeat(32));
});

test("a file is hashed, announced and posted, and then forgotten", async () => {
  const queue = await open();
  queue.add([file("beach.jpg")], ORDER);
  await idle(queue);
  expect(states(queue)).toEqual(["sent"]);
  expect(api.announced[0]?.body).toMatchObject({ title: "beach.jpg", bytes: 5, media_type: "image/jpeg", features: ["labels"] });
  expect(post).toHaveBeenCalledOnce();
  expect(keeper.kept.size).toBe(0);
});

test("only three are on their way at the same time", async () => {
  const ends: (() => void)[] = [];
  post.mockImplementation(() => new Promise((resolve) => ends.push(resolve)));
  const queue = await open();
  queue.add(Array.from({ length: 7 }, (_, at) => file(`${at}.jpg`)), ORDER);
  await until(() => ends.length === 3);
  expect(states(queue).filter((state) => state === "waiting")).toHaveLength(4);
  while (ends.length > 0) {
    ends.shift()!();
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await idle(queue);
  expect(states(queue)).toEqual(Array(7).fill("sent"));
});

test("what is no picture fails at once, and nobody is asked", async () => {
  const queue = await open();
  queue.add([new File(["x"], "notes.txt", { type: "text/plain" })], ORDER);
  expect(queue.uploads.value[0]).toMatchObject({ state: "failed", problem: "unsupported_format" });
  expect(api.announced).toEqual([]);
});

test("a kind that the browser does not know is told by its name", async () => {
  const queue = await open();
  queue.add([new File(["x"], "IMG_1.HEIC", { type: "" })], ORDER);
  await idle(queue);
  expect(api.announced[0]?.body).toMatchObject({ media_type: "image/heic" });
});

describe("a failure", () => {
  test.each<[string, Error]>([
    ["of the network", new Unreachable("x")],
    ["of S3 that passes", new FormRefused(503, "SlowDown")],
    ["of the API that passes", new Problem(503, "unavailable", "")],
  ])("%s is tried again, later and later, with one announcement's key", async (_, error) => {
    post.mockRejectedValueOnce(error).mockRejectedValueOnce(error);
    const queue = await open();
    queue.add([file()], ORDER);
    await idle(queue);
    expect(states(queue)).toEqual(["sent"]);
    expect(slept).toEqual([1000, 2000]);
    expect(new Set(api.announced.map((each) => each.params.header["idempotency-key"])).size).toBe(1);
  });

  test("that lasts ends after four tries, and can be tried anew with another key", async () => {
    post.mockRejectedValue(new Unreachable("x"));
    const queue = await open();
    queue.add([file()], ORDER);
    await idle(queue);
    expect(queue.uploads.value[0]).toMatchObject({ state: "failed", problem: "unreachable" });
    expect(post).toHaveBeenCalledTimes(4);
    expect(keeper.kept.size).toBe(1);
    post.mockResolvedValue();
    queue.retryAll();
    await idle(queue);
    expect(states(queue)).toEqual(["sent"]);
    expect(new Set(api.announced.map((each) => each.params.header["idempotency-key"])).size).toBe(2);
  });

  test("that is final is not tried again", async () => {
    post.mockRejectedValue(new FormRefused(403, "AccessDenied"));
    const queue = await open();
    queue.add([file()], ORDER);
    await idle(queue);
    expect(post).toHaveBeenCalledOnce();
    expect(queue.uploads.value[0]?.problem).toBe("upload_refused");
  });

  test("waits as long as the API says", async () => {
    vi.spyOn(api, "POST").mockRejectedValueOnce(new Problem(429, "rate_limited", "", 7));
    const queue = await open();
    queue.add([file()], ORDER);
    await idle(queue);
    expect(slept).toEqual([7000]);
    expect(states(queue)).toEqual(["sent"]);
  });

  test("to read the file asks for it anew", async () => {
    hash.mockRejectedValue(new FileGone());
    const queue = await open();
    queue.add([file()], ORDER);
    await idle(queue);
    expect(states(queue)).toEqual(["lost"]);
  });
});

test("a duplicate is not uploaded, its ticket is given back, and it is uploaded where that is wanted", async () => {
  api.duplicates.set("ab".repeat(32), "the-first");
  const queue = await open();
  queue.add([file()], ORDER);
  await idle(queue);
  expect(queue.uploads.value[0]).toMatchObject({ state: "duplicate", duplicateOf: "the-first" });
  expect(post).not.toHaveBeenCalled();
  expect(api.deleted).toEqual([makePicture(1).id]);
  queue.uploadAnyway(queue.uploads.value[0]!.id);
  await idle(queue);
  expect(states(queue)).toEqual(["sent"]);
});

test("what goes to an album is put there before it is sent", async () => {
  const queue = await open();
  post.mockImplementation(async () => expect(api.albums).toEqual([makePicture(1).id]));
  queue.add([file()], { ...ORDER, album: "a1" });
  await idle(queue);
  expect(states(queue)).toEqual(["sent"]);
});

describe("after a reload", () => {
  test("what was not finished goes on", async () => {
    post.mockImplementation(() => new Promise(() => {}));
    const before = await open();
    before.add([file("one.jpg"), file("two.jpg")], ORDER);
    await until(() => keeper.kept.size === 2);
    post.mockImplementation(async () => {});
    const after = await open();
    await idle(after);
    expect(after.uploads.value.map(({ name, state }) => [name, state])).toEqual([
      ["one.jpg", "sent"],
      ["two.jpg", "sent"],
    ]);
  });

  test("a file that could not be kept is named, to be chosen again", async () => {
    await keeper.keep("x", { owner: "me", name: "big.tif", size: 9, addedAt: 0, ...ORDER });
    const queue = await open();
    expect(queue.uploads.value).toMatchObject([{ name: "big.tif", state: "lost" }]);
  });

  test("nobody sees what another was uploading", async () => {
    await keeper.keep("x", { owner: "you", name: "yours.jpg", size: 9, addedAt: 0, ...ORDER });
    expect((await open()).uploads.value).toEqual([]);
  });
});

test("signing out stops all, and keeps it for its owner", async () => {
  const signals: AbortSignal[] = [];
  post.mockImplementation((_, __, signal) => {
    signals.push(signal);
    return new Promise(() => {});
  });
  const queue = await open();
  queue.add([file()], ORDER);
  await until(() => signals.length === 1);
  queue.close();
  expect(signals[0]?.aborted).toBe(true);
  expect(queue.uploads.value).toEqual([]);
  expect(keeper.kept.size).toBe(1);
});

test("progress is by bytes, of all together", async () => {
  let tell: (share: number) => void = () => {};
  post.mockImplementation((_, __, ___, onProgress) => {
    tell = onProgress;
    return new Promise(() => {});
  });
  const queue = await open();
  queue.add([file(), new File(["x".repeat(15)], "b.jpg", { type: "image/jpeg" })], ORDER);
  await until(() => post.mock.calls.length === 2);
  tell(0.5);
  expect(addUp(queue.uploads.value).progress).toBeCloseTo(7.5 / 20);
});
