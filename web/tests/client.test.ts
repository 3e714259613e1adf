import { createSightline, Problem, readEvents, Unreachable, type ServerEvent } from "sightline-client";
import { describe, expect, test, vi } from "vitest";

const problem = (status: number, code: string, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify({ code, detail: "Why.", status, title: "", type: "" }), {
    status,
    headers: { "Content-Type": "application/problem+json", ...headers },
  });

const json = (body: object) => new Response(JSON.stringify(body), { headers: { "Content-Type": "application/json" } });

function makeClient(...answers: (Response | Error)[]) {
  const call = vi.fn<typeof fetch>(async () => {
    const answer = answers.shift()!;
    if (answer instanceof Error) throw answer;
    return answer;
  });
  const token = vi.fn(async (renew: boolean) => (renew ? "new" : "old"));
  const api = createSightline({ baseUrl: "https://api.example", token, fetch: call });
  const tokens = () => call.mock.calls.map(([request]) => (request as Request).headers.get("Authorization"));
  return { api, call, tokens };
}

describe("a call", () => {
  test("bears the token", async () => {
    const { api, tokens } = makeClient(json({ images: 3 }));
    expect((await api.GET("/v1/usage")).data).toEqual({ images: 3 });
    expect(tokens()).toEqual(["Bearer old"]);
  });

  test("whose token is refused is made once more with a new one, body and all", async () => {
    const { api, call, tokens } = makeClient(problem(401, "unauthenticated"), json({ id: "a" }));
    await api.POST("/v1/albums", { body: { title: "Summer" } });
    expect(tokens()).toEqual(["Bearer old", "Bearer new"]);
    expect(await (call.mock.calls[1]![0] as Request).json()).toEqual({ title: "Summer" });
  });

  test("that is refused twice is a problem", async () => {
    const { api, call } = makeClient(problem(401, "unauthenticated"), problem(401, "unauthenticated"));
    await expect(api.GET("/v1/usage")).rejects.toMatchObject({ status: 401 });
    expect(call).toHaveBeenCalledTimes(2);
  });

  test("that fails says why, and when to come again", async () => {
    const { api } = makeClient(problem(429, "rate_limited", { "Retry-After": "3" }));
    const error = await api.GET("/v1/usage").catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Problem);
    expect(error).toMatchObject({ status: 429, code: "rate_limited", detail: "Why.", retryAfter: 3 });
  });

  test("that something in between has answered is a problem too", async () => {
    const { api } = makeClient(new Response("<html>", { status: 502, headers: { "Content-Type": "text/html" } }));
    await expect(api.GET("/v1/usage")).rejects.toMatchObject({ status: 502, code: "http_502" });
  });

  test("that reaches nobody says so", async () => {
    const { api } = makeClient(new TypeError("network"));
    await expect(api.GET("/v1/usage")).rejects.toBeInstanceOf(Unreachable);
  });
});

describe("events", () => {
  async function read(...chunks: string[]): Promise<ServerEvent[]> {
    const encoder = new TextEncoder();
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(encoder.encode(chunk));
        controller.close();
      },
    });
    const found: ServerEvent[] = [];
    for await (const event of readEvents(stream)) found.push(event);
    return found;
  }

  test("are read with their ids and names", async () => {
    expect(await read("id: 1\nevent: image\ndata: {}\n\n")).toEqual([{ id: "1", event: "image", data: "{}" }]);
  });

  test("may come in pieces, letters included", async () => {
    const bytes = new TextEncoder().encode("data: ü\n\n");
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
        controller.close();
      },
    });
    const found = [];
    for await (const event of readEvents(stream)) found.push(event.data);
    expect(found).toEqual(["ü"]);
  });

  test("follow the standard in the rest: comments, lines, no colon, carriage returns", async () => {
    const events = await read(": heartbeat\n\n", "data: a\r\ndata: b\r\n\r\n", "data\n\n", "event: x\n\n", "data:  c\n\n");
    expect(events.map((event) => event.data)).toEqual(["a\nb", "", " c"]);
  });

  test("that are cut off do not count", async () => {
    expect(await read("data: whole\n\ndata: half")).toHaveLength(1);
  });

  test("keep the last id", async () => {
    expect((await read("id: 7\ndata: a\n\ndata: b\n\n")).map((event) => event.id)).toEqual(["7", "7"]);
  });

  test("let go of the connection when nobody reads on", async () => {
    const cancel = vi.fn();
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode("data: a\n\n")),
      cancel,
    });
    for await (const event of readEvents(stream)) {
      expect(event.data).toBe("a");
      break;
    }
    expect(cancel).toHaveBeenCalled();
  });
});
