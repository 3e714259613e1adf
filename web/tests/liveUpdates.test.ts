import { QueryClient } from "@tanstack/react-query";
import { createSightline, type Options } from "sightline-client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { cacheImage, imageListQuery } from "../src/api/images";
import { summarizeImage } from "../src/api/summary";
import { NO_FILTER } from "../src/filters/filter";
import { SORTS } from "../src/gallery/sort";
import { LiveUpdates } from "../src/live/liveUpdates";
import type { ImageView } from "../src/api/types";
import { makeImage } from "./samples";

/** An API with images and event streams that tests write to. */
class Server {
  images = new Map<string, ImageView>();
  streams: { lastId: string | null; send: (text: string) => void; end: () => void }[] = [];
  eventsFailure: Response | Error | null = null;
  readonly requested: string[] = [];

  readonly fetch: typeof fetch = async (input, init) => {
    const request = input as Request;
    const path = new URL(request.url).pathname;
    this.requested.push(path);
    if (path === "/v1/events") return this.#open(request, init?.signal ?? null);
    if (path === "/v1/images") {
      const items = [...this.images.values()].map(summarizeImage).sort((a, b) => (a.id < b.id ? 1 : -1));
      return Response.json({ items, next_cursor: null });
    }
    const image = this.images.get(path.split("/").pop()!);
    if (image) return Response.json(image);
    return Response.json({ code: "image_not_found", detail: "" }, { status: 404, headers: { "Content-Type": "application/problem+json" } });
  };

  #open(request: Request, signal: AbortSignal | null): Response {
    if (this.eventsFailure instanceof Error) throw this.eventsFailure;
    if (this.eventsFailure) return this.eventsFailure.clone();
    const encoder = new TextEncoder();
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        signal?.addEventListener("abort", () => controller.error(signal.reason));
        this.streams.push({
          lastId: request.headers.get("Last-Event-ID"),
          send: (text) => controller.enqueue(encoder.encode(text)),
          end: () => controller.close(),
        });
      },
    });
    return new Response(stream, { headers: { "Content-Type": "text/event-stream" } });
  }
}

let server: Server;
const NEWEST_UPLOADED = SORTS[2]!;

let queries: QueryClient;
let live: LiveUpdates;

const shown = () => queries.getQueryData(imageListQuery(api(), NO_FILTER, NEWEST_UPLOADED).queryKey)?.pages[0]?.items ?? [];
const options = (): Options => ({ baseUrl: "http://api.example", token: async () => "t", fetch: server.fetch });
const api = () => createSightline(options());

beforeEach(async () => {
  vi.useFakeTimers();
  server = new Server();
  const first = makeImage(1, { status: "processing" });
  server.images.set(first.id, first);
  queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  await queries.fetchInfiniteQuery(imageListQuery(api(), NO_FILTER, NEWEST_UPLOADED));
  live = new LiveUpdates(options(), api(), queries);
  live.start();
  await vi.advanceTimersByTimeAsync(10);
});

afterEach(() => {
  live.stop();
  vi.useRealTimers();
});

function sendImage(id: number, image: ImageView, change = "updated") {
  server.streams.at(-1)!.send(`id: ${id}\nevent: image\ndata: ${JSON.stringify({ image_id: image.id, change })}\n\n`);
}

test("an event refreshes its image in the list", async () => {
  const ready = makeImage(1, { status: "ready" });
  server.images.set(ready.id, ready);
  sendImage(1, ready);
  await vi.advanceTimersByTimeAsync(500);
  expect(shown().map((image) => image.status)).toEqual(["ready"]);
});

test("an image created elsewhere is added to the list, and a deleted one is removed", async () => {
  const other = makeImage(2);
  server.images.set(other.id, other);
  sendImage(1, other, "created");
  await vi.advanceTimersByTimeAsync(500);
  expect(shown().map((image) => image.id)).toEqual([other.id, makeImage(1).id]);
  sendImage(2, other, "deleted");
  await vi.advanceTimersByTimeAsync(500);
  expect(shown().map((image) => image.id)).toEqual([makeImage(1).id]);
});

test("several events for one image cause one request", async () => {
  server.requested.length = 0;
  for (let id = 1; id <= 5; id++) sendImage(id, makeImage(1));
  await vi.advanceTimersByTimeAsync(500);
  expect(server.requested.filter((path) => path.startsWith("/v1/images/"))).toHaveLength(1);
});

test("a closed stream resumes after the last event", async () => {
  sendImage(41, makeImage(1));
  server.streams[0]!.send("retry: 50\n\n");
  await vi.advanceTimersByTimeAsync(10);
  server.streams[0]!.end();
  await vi.advanceTimersByTimeAsync(200);
  expect(server.streams.map((stream) => stream.lastId)).toEqual([null, "41"]);
  expect(live.state.value).toBe("open");
});

test("a reset event refetches all lists", async () => {
  const missed = makeImage(3);
  server.images.set(missed.id, missed);
  const invalidate = vi.spyOn(queries, "invalidateQueries");
  server.streams[0]!.send("event: reset\ndata: {}\n\n");
  await vi.advanceTimersByTimeAsync(100);
  const { predicate } = invalidate.mock.calls[0]![0]!;
  expect(predicate!({ queryKey: ["images", NO_FILTER] } as never)).toBe(true);
});

test("an unavailable API is reported offline, retried with backoff, and reconnected", async () => {
  server.eventsFailure = new TypeError("network");
  server.streams[0]!.end();
  await vi.advanceTimersByTimeAsync(8_000);
  expect(live.state.value).toBe("offline");
  const attempts = server.requested.filter((path) => path === "/v1/events").length;
  expect(attempts).toBeGreaterThan(2);
  expect(attempts).toBeLessThan(7);
  // What was restored from the last visit.
  queries.setQueryData(["timeline"], { months: [] });
  await queries.invalidateQueries({ queryKey: ["timeline"], refetchType: "none" });
  const refetch = vi.spyOn(queries, "refetchQueries");
  server.eventsFailure = null;
  await vi.advanceTimersByTimeAsync(20_000);
  expect(live.state.value).toBe("open");
  const { predicate } = refetch.mock.calls[0]![0]!;
  expect(queries.getQueryCache().findAll({ predicate: predicate! }).map(({ queryKey }) => queryKey)).toContainEqual(["timeline"]);
});

test("without an event stream, unfinished images are polled", async () => {
  server.eventsFailure = new Response(null, { status: 404 });
  server.streams[0]!.end();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(live.state.value).toBe("polling");
  const ready = makeImage(1, { status: "ready" });
  server.images.set(ready.id, ready);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(shown().map((image) => image.status)).toEqual(["ready"]);
  server.requested.length = 0;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(server.requested.filter((path) => path.startsWith("/v1/images/"))).toEqual([]);
});

test("without an event stream, a new upload is added to the list once it is processed", async () => {
  server.eventsFailure = new Response(null, { status: 404 });
  server.streams[0]!.end();
  const awaiting = makeImage(2, { status: "awaiting_upload" });
  server.images.set(awaiting.id, awaiting);
  cacheImage(queries, { image: awaiting, etag: null });
  await vi.advanceTimersByTimeAsync(7_000);
  expect(shown().map((image) => image.id)).toEqual([makeImage(1).id]);
  server.images.set(awaiting.id, makeImage(2, { status: "processing" }));
  await vi.advanceTimersByTimeAsync(5_000);
  expect(shown().map((image) => [image.id, image.status])).toEqual([
    [awaiting.id, "processing"],
    [makeImage(1).id, "processing"],
  ]);
});

test("nothing is requested after stop", async () => {
  live.stop();
  await vi.advanceTimersByTimeAsync(10);
  server.requested.length = 0;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.requested).toEqual([]);
});
