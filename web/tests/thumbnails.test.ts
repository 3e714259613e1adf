// @vitest-environment node
import { beforeEach, describe, expect, test } from "vitest";
import { deleteCaches } from "../src/offline/caches";
import { MAX_IMAGE_BYTES, MAX_IMAGES, parseRendition, Thumbnails } from "../src/offline/thumbnails";
import { MemoryCaches } from "./memoryCaches";

const CACHE = "sightline-thumbnails-me";

let caches: MemoryCaches;
let isOnline: boolean;
let bytes: number;
let loaded: unknown[];
let rest: Promise<void>[];

const load = async (input: unknown, init?: RequestInit) => {
  loaded.push(init?.mode ?? "as requested");
  if (!isOnline) throw new TypeError("Failed to fetch");
  return new Response(`image ${typeof input === "string" ? input : (input as Request).url}`, { headers: { "Content-Length": String(bytes) } });
};

const url = (name: string, image = "i1", owner = "me") => `https://cloud.example/renditions/${owner}/${image}/${name}?signature=${Math.random()}`;

async function show(address: string): Promise<string> {
  const thumbnails = new Thumbnails(caches.storage, load as typeof fetch);
  const request = { method: "GET", destination: "image", url: address } as Request;
  const response = await thumbnails.respond(request, (each) => rest.push(each));
  await Promise.all(rest);
  return response!.text();
}

beforeEach(async () => {
  caches = new MemoryCaches();
  await caches.open(CACHE);
  isOnline = true;
  bytes = 10_000;
  loaded = [];
  rest = [];
});

test.each([
  ["https://bucket.s3.amazonaws.com/renditions/me/i1/thumbnail.webp?X-Amz-Signature=1", "me"],
  ["http://127.0.0.1:4566/bucket/renditions/you/i1/preview-r90.webp", "you"],
  ["https://app.example/renditions/me/i1/2048.webp?Signature=2", "me"],
])("the owner is read from %s", (address, owner) => {
  expect(parseRendition(address)).toMatchObject({ owner, folder: `/renditions/${owner}/i1/` });
});

test("a rendition is loaded once, although its URL changes", async () => {
  const first = await show(url("thumbnail.webp"));
  isOnline = false;
  expect(await show(url("thumbnail.webp"))).toBe(first);
  expect(loaded).toEqual(["cors"]);
});

test("without a network, another rendition of the image is shown in place of one that was never loaded", async () => {
  const thumbnail = await show(url("thumbnail.webp"));
  await show(url("thumbnail.webp", "i2"));
  isOnline = false;
  expect(await show(url("preview.webp"))).toBe(thumbnail);
  await expect(show(url("preview.webp", "i3"))).rejects.toThrow("fetch");
});

describe("nothing is stored", () => {
  test("of another owner", async () => {
    await show(url("thumbnail.webp", "i1", "you"));
    expect(await caches.keys()).toEqual([CACHE]);
    expect(caches.paths(CACHE)).toEqual([]);
  });

  test("after the sign-out", async () => {
    await deleteCaches(caches.storage, null);
    await show(url("thumbnail.webp"));
    expect(await caches.keys()).toEqual([]);
  });

  test.each([0, MAX_IMAGE_BYTES + 1])("of %s bytes", async (size) => {
    bytes = size;
    await show(url("2048.webp"));
    expect(caches.paths(CACHE)).toEqual([]);
  });
});

test("the oldest images are removed first", async () => {
  const cache = await caches.open(CACHE);
  for (let number = 0; number < MAX_IMAGES; number++) await cache.put(`/renditions/me/old${number}/a.webp`, new Response(""));
  await show(url("thumbnail.webp"));
  const paths = caches.paths(CACHE);
  expect(paths).toHaveLength(MAX_IMAGES);
  expect(paths[0]).toBe("/renditions/me/old1/a.webp");
  expect(paths.at(-1)).toBe("/renditions/me/i1/thumbnail.webp");
});

test("images that were loaded before are added", async () => {
  await new Thumbnails(caches.storage, load as typeof fetch).add([url("thumbnail.webp"), "https://app.example/icon.svg"]);
  expect(caches.paths(CACHE)).toEqual(["/renditions/me/i1/thumbnail.webp"]);
});

test.each([
  { destination: "image", url: "https://app.example/icon.svg" },
  { destination: "", url: url("thumbnail.webp") },
])("a request for $url as $destination is left to the browser", ({ destination, url: address }) => {
  const request = { method: "GET", destination, url: address } as Request;
  expect(new Thumbnails(caches.storage, load as typeof fetch).respond(request, () => {})).toBeNull();
});
