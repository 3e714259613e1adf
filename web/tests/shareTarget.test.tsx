import { readFileSync } from "node:fs";
import { describe, expect, test, vi } from "vitest";
import SharePage from "../src/offline/SharePage";
import { receiveShare, SHARE_FIELD, SHARE_PATH, type SharedFileStore } from "../src/offline/sharedFiles";
import type { Services } from "../src/services";
import { ACCEPT, guessType } from "../src/uploads/files";
import { render } from "./render";

class MemorySharedFiles implements SharedFileStore {
  constructor(public files: File[] = []) {}

  async add(files: readonly File[]) {
    this.files.push(...files);
  }

  async list() {
    return this.files;
  }

  async clear() {
    this.files = [];
  }
}

const readPublic = (path: string) => readFileSync(`public/${path}`);
const manifest = JSON.parse(readPublic("app.webmanifest").toString());

const photo = (name: string) => new File(["12345"], name, { type: "image/jpeg" });

const config = { features: { offered: ["labels"], default: ["labels"] } } as unknown as Services["config"];

async function open(files: File[]) {
  history.replaceState(null, "", SHARE_PATH);
  const store = new MemorySharedFiles(files);
  const add = vi.fn();
  const rendered = await render(<SharePage store={store} />, {}, { uploads: { add } as never, config });
  return { ...rendered, store, add };
}

describe("the manifest", () => {
  test("names icons of the sizes that they have", () => {
    const drawn = manifest.icons.filter(({ type }: { type: string }) => type === "image/png");
    expect(drawn).toHaveLength(3);
    for (const { src, sizes } of drawn) {
      const file = readPublic(src);
      // The IHDR chunk of a PNG.
      expect(`${file.readUInt32BE(16)}x${file.readUInt32BE(20)}`).toBe(sizes);
    }
  });

  test("shares photos to the path and field that the service worker reads", () => {
    const { action, method, enctype, params } = manifest.share_target;
    expect([action, method, enctype, params.files[0].name]).toEqual([SHARE_PATH, "POST", "multipart/form-data", SHARE_FIELD]);
  });

  test("accepts every extension that browsers know no type of", () => {
    const { accept } = manifest.share_target.params.files[0] as { accept: string[] };
    const extensions = accept.filter((each) => each.startsWith("."));
    for (const extension of extensions) expect(guessType({ name: `a${extension}`, type: "" })).not.toBeNull();
    const unlisted = ACCEPT.split(",").filter((each) => each.startsWith(".") && !extensions.includes(each));
    // Types of JPEG.
    expect(unlisted).toEqual([".jfif", ".jpe"]);
  });
});

test("a share is stored and continues on the page", async () => {
  const form = new FormData();
  form.append("title", "Holiday");
  form.append(SHARE_FIELD, photo("1.jpg"));
  form.append(SHARE_FIELD, photo("2.jpg"));
  form.append(SHARE_FIELD, new File([], "empty.jpg"));
  const store = new MemorySharedFiles();
  const response = await receiveShare({ formData: async () => form } as Request, store);
  expect(store.files.map(({ name }) => name)).toEqual(["1.jpg", "2.jpg"]);
  expect(response.status).toBe(303);
  expect(new URL(response.headers.get("Location")!).pathname).toBe(SHARE_PATH);
});

describe("the page of shared photos", () => {
  test("uploads nothing before the confirmation", async () => {
    const { text, add, click, store } = await open([photo("1.jpg"), photo("2.jpg")]);
    expect(text()).toContain("2 files from another app");
    expect(add).not.toHaveBeenCalled();
    await click("Upload");
    expect(add.mock.calls[0]![0].map((file: File) => file.name)).toEqual(["1.jpg", "2.jpg"]);
    expect(add.mock.calls[0]![1]).toEqual({ features: ["labels"], album: null });
    expect(store.files).toEqual([]);
    expect(location.pathname).toBe("/");
  });

  test("discards them", async () => {
    const { add, click, store } = await open([photo("1.jpg")]);
    await click("Discard");
    expect(store.files).toEqual([]);
    expect(add).not.toHaveBeenCalled();
  });

  test("says how to share if there are none", async () => {
    const { text } = await open([]);
    expect(text()).toContain("Nothing to upload");
  });
});
