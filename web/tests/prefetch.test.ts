import { QueryClient } from "@tanstack/react-query";
import { afterEach, expect, test, vi } from "vitest";
import type { Sightline } from "sightline-client";
import { TIMELINE } from "../src/api/images";
import { prefetchGallery } from "../src/gallery/prefetch";
import { sort } from "../src/gallery/preferences";
import { DEFAULT_SORT, SORTS } from "../src/gallery/sort";

const MONTHS = ["2026-06", "2026-05"].map((month) => ({ month, images: 1 }));

/** Prefetch into an empty cache, and return what was requested: the timeline, or a month. */
async function prefetch(images: object[] = []): Promise<string[]> {
  const requested: string[] = [];
  const GET = (path: string, { params }: { params?: { query: { month: string } } }) => {
    requested.push(params?.query.month ?? path);
    return Promise.resolve({ data: params ? { items: images, next_cursor: null } : { months: MONTHS } });
  };
  const queries = new QueryClient();
  await prefetchGallery({ GET } as unknown as Sightline, queries);
  if (requested.length > 0) expect(queries.getQueryData([TIMELINE])).toEqual({ months: MONTHS });
  return requested;
}

/** Return images of 500 x 1000 pixels, which a screen of the tests shows in rows 220 pixels high. */
function draw(count: number) {
  return Array.from({ length: count }, (_, number) => ({
    id: String(number),
    width: 500,
    height: 1000,
    thumbnail: { url: `/${number}`, width: 160 },
    preview: { url: `/${number}/large`, width: 512 },
  }));
}

/** Return the attributes of the thumbnails that are requested meanwhile. */
async function requestedBy(action: () => Promise<unknown>): Promise<{ sizes: string; srcset: string; src: string }[]> {
  const elements: { sizes: string; srcset: string; src: string }[] = [];
  vi.stubGlobal(
    "Image",
    class {
      sizes = "";
      srcset = "";
      src = "";
      constructor() {
        elements.push(this);
      }
    },
  );
  await action();
  return elements;
}

afterEach(() => {
  vi.unstubAllGlobals();
  sort.set(DEFAULT_SORT);
  localStorage.clear();
});

test("the newest month is fetched before the gallery requests it", async () => {
  expect(await prefetch()).toEqual(["/v1/timeline", "2026-06"]);
});

test("the oldest month is fetched if the gallery starts with it", async () => {
  sort.set(SORTS[1]!);
  expect(await prefetch()).toEqual(["/v1/timeline", "2026-05"]);
});

test("the first month of the last time is fetched together with the months", async () => {
  await prefetch();
  expect(await prefetch()).toEqual(["2026-06", "/v1/timeline"]);
});

test("another month is fetched if it is the first one now", async () => {
  localStorage.setItem("sightline.firstMonth", "2026-04");
  expect(await prefetch()).toEqual(["2026-04", "/v1/timeline", "2026-06"]);
});

test("nothing is fetched for a list by upload", async () => {
  sort.set(SORTS[2]!);
  expect(await prefetch()).toEqual([]);
});

test("the thumbnails of one screen are requested, in the sizes in which tiles request them", async () => {
  const requested = await requestedBy(() => prefetch(draw(100)));
  expect(requested[0]).toMatchObject({ sizes: "110px", srcset: "/0 160w, /0/large 512w", src: "/0" });
  // Tiles are 110 x 220 pixels.
  expect(requested.length).toBe(Math.floor((innerWidth * innerHeight) / (110 * 220)) + 1);
});

test("nothing is requested for images without a thumbnail", async () => {
  expect(await requestedBy(() => prefetch(draw(2).map((image) => ({ ...image, thumbnail: null }))))).toEqual([]);
});
