import { QueryClient } from "@tanstack/react-query";
import { createSightline, type Options } from "sightline-client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { picturesQuery } from "../src/api/pictures";
import { EVERYTHING } from "../src/filters/filter";
import { Live } from "../src/live/live";
import type { Picture } from "../src/api/types";
import { makePicture } from "./samples";

/** An API with pictures, and streams of events that tests write to. */
class Server {
  pictures = new Map<string, Picture>();
  streams: { lastId: string | null; send: (text: string) => void; end: () => void }[] = [];
  refuse: Response | Error | null = null;
  readonly asked: string[] = [];

  readonly fetch: typeof fetch = async (input, init) => {
    const request = input as Request;
    const path = new URL(request.url).pathname;
    this.asked.push(path);
    if (path === "/v1/events") return this.#open(request, init?.signal ?? null);
    if (path === "/v1/images") {
      const items = [...this.pictures.values()].sort((a, b) => (a.id < b.id ? 1 : -1));
      return Response.json({ items, next_cursor: null });
    }
    const picture = this.pictures.get(path.split("/").pop()!);
    if (picture) return Response.json(picture);
    return Response.json({ code: "image_not_found", detail: "" }, { status: 404, headers: { "Content-Type": "application/problem+json" } });
  };

  #open(request: Request, signal: AbortSignal | null): Response {
    if (this.refuse instanceof Error) throw this.refuse;
    if (this.refuse) return this.refuse.clone();
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
let queries: QueryClient;
let live: Live;

const shown = () => queries.getQueryData(picturesQuery(api(), EVERYTHING).queryKey)?.pages[0]?.items ?? [];
const options = (): Options => ({ baseUrl: "http://api.example", token: async () => "t", fetch: server.fetch });
const api = () => createSightline(options());

beforeEach(async () => {
  vi.useFakeTimers();
  server = new Server();
  const first = makePicture(1, { status: "processing" });
  server.pictures.set(first.id, first);
  queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  await queries.fetchInfiniteQuery(picturesQuery(api(), EVERYTHING));
  live = new Live(options(), api(), queries);
  live.start();
  await vi.advanceTimersByTimeAsync(10);
});

afterEach(() => {
  live.stop();
  vi.useRealTimers();
});

function sendImage(id: number, picture: Picture, change = "updated") {
  server.streams.at(-1)!.send(`id: ${id}\nevent: image\ndata: ${JSON.stringify({ image_id: picture.id, change })}\n\n`);
}

test("an event has its picture looked at, and the list shows it", async () => {
  const ready = makePicture(1, { status: "ready" });
  server.pictures.set(ready.id, ready);
  sendImage(1, ready);
  await vi.advanceTimersByTimeAsync(500);
  expect(shown().map((picture) => picture.status)).toEqual(["ready"]);
});

test("a picture from elsewhere comes into the list, and a deleted one leaves", async () => {
  const other = makePicture(2);
  server.pictures.set(other.id, other);
  sendImage(1, other, "created");
  await vi.advanceTimersByTimeAsync(500);
  expect(shown().map((picture) => picture.id)).toEqual([other.id, makePicture(1).id]);
  sendImage(2, other, "deleted");
  await vi.advanceTimersByTimeAsync(500);
  expect(shown().map((picture) => picture.id)).toEqual([makePicture(1).id]);
});

test("several events of one picture are one look", async () => {
  server.asked.length = 0;
  for (let id = 1; id <= 5; id++) sendImage(id, makePicture(1));
  await vi.advanceTimersByTimeAsync(500);
  expect(server.asked.filter((path) => path.startsWith("/v1/images/"))).toHaveLength(1);
});

test("a stream that ends is gone on with after the last event", async () => {
  sendImage(41, makePicture(1));
  server.streams[0]!.send("retry: 50\n\n");
  await vi.advanceTimersByTimeAsync(10);
  server.streams[0]!.end();
  await vi.advanceTimersByTimeAsync(200);
  expect(server.streams.map((stream) => stream.lastId)).toEqual([null, "41"]);
  expect(live.state.value).toBe("open");
});

test("a reset has lists read anew", async () => {
  const missed = makePicture(3);
  server.pictures.set(missed.id, missed);
  const invalidate = vi.spyOn(queries, "invalidateQueries");
  server.streams[0]!.send("event: reset\ndata: {}\n\n");
  await vi.advanceTimersByTimeAsync(100);
  const { predicate } = invalidate.mock.calls[0]![0]!;
  expect(predicate!({ queryKey: ["pictures", EVERYTHING] } as never)).toBe(true);
});

test("an API that is away is said to be, is tried again later and later, and is back", async () => {
  server.refuse = new TypeError("network");
  server.streams[0]!.end();
  await vi.advanceTimersByTimeAsync(8_000);
  expect(live.state.value).toBe("away");
  const tries = server.asked.filter((path) => path === "/v1/events").length;
  expect(tries).toBeGreaterThan(2);
  expect(tries).toBeLessThan(7);
  server.refuse = null;
  await vi.advanceTimersByTimeAsync(20_000);
  expect(live.state.value).toBe("open");
});

test("where there are no events, what is being processed is looked at again and again", async () => {
  server.refuse = new Response(null, { status: 404 });
  server.streams[0]!.end();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(live.state.value).toBe("polling");
  const ready = makePicture(1, { status: "ready" });
  server.pictures.set(ready.id, ready);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(shown().map((picture) => picture.status)).toEqual(["ready"]);
  server.asked.length = 0;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(server.asked.filter((path) => path.startsWith("/v1/images/"))).toEqual([]);
});

test("nothing is asked any more once it is stopped", async () => {
  live.stop();
  await vi.advanceTimersByTimeAsync(10);
  server.asked.length = 0;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.asked).toEqual([]);
});
