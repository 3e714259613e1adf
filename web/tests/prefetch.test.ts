import { QueryClient } from "@tanstack/react-query";
import { afterEach, expect, test } from "vitest";
import type { Sightline } from "sightline-client";
import { TIMELINE } from "../src/api/images";
import { prefetchGallery } from "../src/gallery/prefetch";
import { sort } from "../src/gallery/preferences";
import { DEFAULT_SORT, SORTS } from "../src/gallery/sort";

const MONTHS = ["2026-06", "2026-05"].map((month) => ({ month, images: 100 }));

/** Prefetch into an empty cache, and return what was requested: the timeline, or a month. */
async function prefetch(months = MONTHS): Promise<string[]> {
  const requested: string[] = [];
  const GET = (path: string, { params }: { params?: { query: { month: string } } }) => {
    requested.push(params?.query.month ?? path);
    return Promise.resolve({ data: params ? { items: [], next_cursor: null } : { months } });
  };
  const queries = new QueryClient();
  await prefetchGallery({ GET } as unknown as Sightline, queries);
  if (requested.length > 0) expect(queries.getQueryData([TIMELINE])).toEqual({ months });
  return requested;
}

afterEach(() => {
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

test("as many months are fetched as fill the first screen", async () => {
  const many = ["2026-06", "2026-05", "2026-04"].map((month) => ({ month, images: 50 }));
  expect(await prefetch(many)).toEqual(["/v1/timeline", "2026-06", "2026-05"]);
});

test("no more than three months are fetched", async () => {
  const few = ["2026-06", "2026-05", "2026-04", "2026-03"].map((month) => ({ month, images: 1 }));
  expect(await prefetch(few)).toEqual(["/v1/timeline", "2026-06", "2026-05", "2026-04"]);
});
