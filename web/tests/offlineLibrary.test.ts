// @vitest-environment node
import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { Problem, Unreachable } from "sightline-client";
import { afterEach, beforeEach, expect, test } from "vitest";
import { NO_FILTER } from "../src/filters/filter";
import type { LiveState } from "../src/live/liveUpdates";
import { MAX_LISTS, MAX_PAGES, OfflineLibrary } from "../src/offline/library";
import { CognitoUnavailable } from "../src/session/cognito";
import { Store } from "../src/store";
import { MemoryCaches } from "./memoryCaches";
import { until } from "./samples";

const LISTS = "sightline-lists-me";
const TIMELINE = ["timeline"];

let caches: MemoryCaches;
let live: Store<LiveState>;
let libraries: OfflineLibrary[];

/** A start of the application, whose queries fail with an error while it is set. */
function start(owner = "me") {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: 2, retryDelay: 60_000, staleTime: 0, networkMode: "always" } } });
  const library = new OfflineLibrary(queries, live, caches.storage, 0);
  libraries.push(library);
  return { queries, library, open: () => library.open(owner) };
}

/** Show a query on the page; returns what is shown. */
function show(queries: QueryClient, queryKey: readonly unknown[], queryFn: () => Promise<unknown>) {
  const observer = new QueryObserver(queries, { queryKey, queryFn });
  observer.subscribe(() => {});
  return () => observer.getCurrentResult();
}

/** Let everything happen that could. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 20));

const fail = (error: unknown) => () => Promise.reject(error);

beforeEach(() => {
  caches = new MemoryCaches();
  live = new Store<LiveState>("open");
  libraries = [];
});

afterEach(async () => {
  await Promise.all(libraries.map((library) => library.close()));
});

async function storeTimeline(data: unknown = { months: ["2026-05"] }) {
  const first = start();
  await first.open();
  first.queries.setQueryData(TIMELINE, data);
  await until(() => caches.paths(LISTS).length === 1);
}

test.each([new Unreachable("x"), new CognitoUnavailable(), new Problem(503, "unavailable", "")])(
  "the last list is shown at the first failure (%s), and is fetched again when the API responds",
  async (error) => {
    await storeTimeline();
    live.set("offline");
    const { queries, open } = start();
    await open();
    const shown = show(queries, TIMELINE, fail(error));
    await until(() => shown().data !== undefined);
    expect(shown()).toMatchObject({ data: { months: ["2026-05"] }, status: "success", fetchStatus: "idle" });
    expect(queries.getQueryState(TIMELINE)?.isInvalidated).toBe(true);
  },
);

test("a query that failed before the library was opened is restored as well", async () => {
  await storeTimeline();
  live.set("offline");
  const { queries, open } = start();
  const shown = show(queries, TIMELINE, fail(new Unreachable("x")));
  await until(() => shown().failureCount > 0);
  await open();
  await until(() => shown().data !== undefined);
});

test("a query that fails before the connection counts as lost is restored then", async () => {
  await storeTimeline();
  live.set("connecting");
  const { queries, open } = start();
  await open();
  const shown = show(queries, TIMELINE, fail(new Unreachable("x")));
  await until(() => shown().failureCount > 0);
  expect(shown().data).toBeUndefined();
  live.set("offline");
  await until(() => shown().data !== undefined);
});

test("an error of the request itself is not hidden", async () => {
  await storeTimeline();
  live.set("offline");
  const { queries, open } = start();
  await open();
  const shown = show(queries, TIMELINE, fail(new Problem(403, "forbidden", "")));
  await until(() => shown().failureCount > 0);
  await settle();
  expect(shown().data).toBeUndefined();
});

test("another owner sees nothing, and removes what was stored", async () => {
  await storeTimeline();
  live.set("offline");
  const { queries, open } = start("you");
  await open();
  expect(await caches.keys()).toEqual(["sightline-thumbnails-you"]);
  const shown = show(queries, TIMELINE, fail(new Unreachable("x")));
  await until(() => shown().failureCount > 0);
  await settle();
  expect(shown().data).toBeUndefined();
});

test("closing removes lists and thumbnails, also while the library is being opened", async () => {
  await storeTimeline();
  await caches.open("sightline-shell-v1");
  const { open, library } = start();
  const opening = open();
  await library.close();
  await opening;
  expect(await caches.keys()).toEqual(["sightline-shell-v1"]);
});

test("nothing is stored after closing", async () => {
  const { queries, library, open } = start();
  await open();
  queries.setQueryData(TIMELINE, { months: [] });
  await library.close();
  queries.setQueryData(TIMELINE, { months: [] });
  await settle();
  expect(await caches.keys()).toEqual([]);
});

test("searches and single images are not stored", async () => {
  const { queries, open } = start();
  await open();
  queries.setQueryData(["image", "1"], {});
  queries.setQueryData(["images", { filter: { ...NO_FILTER, labels: ["Cat"] } }], { pages: [], pageParams: [] });
  queries.setQueryData(["images", { filter: NO_FILTER }], { pages: [], pageParams: [] });
  await until(() => caches.paths(LISTS).length > 0);
  expect(caches.paths(LISTS)).toHaveLength(1);
});

test("the number of lists and pages is bounded", async () => {
  const { queries, open } = start();
  await open();
  const pages = Array.from({ length: MAX_PAGES + 2 }, (_, number) => ({ items: [number] }));
  for (let album = 0; album < MAX_LISTS + 5; album++) queries.setQueryData(["album", String(album)], { pages, pageParams: pages });
  await until(() => caches.paths(LISTS).length === MAX_LISTS && caches.paths(LISTS).at(-1)!.includes(String(MAX_LISTS + 4)));
  const last = (await (await (await caches.open(LISTS)).match(caches.paths(LISTS).at(-1)!))!.json()) as { pages: unknown[] };
  expect(last.pages).toHaveLength(MAX_PAGES);
});
