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

describe("a request", () => {
  test("sends the access token", async () => {
    const { api, tokens } = makeClient(json({ images: 3 }));
    expect((await api.GET("/v1/usage")).data).toEqual({ images: 3 });
    expect(tokens()).toEqual(["Bearer old"]);
  });

  test("is repeated with its body and a new token after a 401", async () => {
    const { api, call, tokens } = makeClient(problem(401, "unauthenticated"), json({ id: "a" }));
    await api.POST("/v1/albums", { body: { title: "Summer" } });
    expect(tokens()).toEqual(["Bearer old", "Bearer new"]);
    expect(await (call.mock.calls[1]![0] as Request).json()).toEqual({ title: "Summer" });
  });

  test("starts a trace, which its repetition continues", async () => {
    const { api, call } = makeClient(problem(401, "unauthenticated"), json({}), json({}));
    await api.GET("/v1/usage");
    await api.GET("/v1/usage");
    const sent = call.mock.calls.map(([request]) => (request as Request).headers.get("traceparent"));
    expect(sent[0]).toMatch(/^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-00$/);
    expect(sent[1]).toBe(sent[0]);
    expect(sent[2]).not.toBe(sent[0]);
  });

  test("keeps the trace of the application", async () => {
    const { api, call } = makeClient(json({}));
    const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    await api.GET("/v1/usage", { headers: { traceparent } });
    expect((call.mock.calls[0]![0] as Request).headers.get("traceparent")).toBe(traceparent);
  });

  test("throws a Problem if the new token is rejected too", async () => {
    const { api, call } = makeClient(problem(401, "unauthenticated"), problem(401, "unauthenticated"));
    await expect(api.GET("/v1/usage")).rejects.toMatchObject({ status: 401 });
    expect(call).toHaveBeenCalledTimes(2);
  });

  test("throws a Problem with the code, detail and Retry-After", async () => {
    const { api } = makeClient(problem(429, "rate_limited", { "Retry-After": "30" }));
    const error = await api.GET("/v1/usage").catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Problem);
    expect(error).toMatchObject({ status: 429, code: "rate_limited", detail: "Why.", retryAfter: 30 });
  });

  test("waits for the rate limit, and is repeated with its body", async () => {
    const limited = () => problem(429, "rate_limited", { "Retry-After": "0" });
    const { api, call } = makeClient(limited(), limited(), json({ id: "a" }));
    await api.POST("/v1/albums", { body: { title: "Summer" } });
    expect(call).toHaveBeenCalledTimes(3);
    expect(await (call.mock.calls[2]![0] as Request).json()).toEqual({ title: "Summer" });
  });

  test("is not repeated for ever", async () => {
    const limited = () => problem(429, "rate_limited", { "Retry-After": "0" });
    const { api, call } = makeClient(limited(), limited(), limited(), json({}));
    await expect(api.GET("/v1/usage")).rejects.toMatchObject({ status: 429 });
    expect(call).toHaveBeenCalledTimes(3);
  });

  test("throws a Problem for a response from an intermediary", async () => {
    const { api } = makeClient(new Response("<html>", { status: 502, headers: { "Content-Type": "text/html" } }));
    await expect(api.GET("/v1/usage")).rejects.toMatchObject({ status: 502, code: "http_502" });
  });

  test("throws Unreachable if the network fails", async () => {
    const { api } = makeClient(new TypeError("network"));
    await expect(api.GET("/v1/usage")).rejects.toBeInstanceOf(Unreachable);
  });
});

describe("readEvents", () => {
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

  test("returns ids and names", async () => {
    expect(await read("id: 1\nevent: image\ndata: {}\n\n")).toEqual([{ id: "1", event: "image", data: "{}" }]);
  });

  test("decodes events split at any byte", async () => {
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

  test("follows the standard for comments, multiple lines, missing colons and carriage returns", async () => {
    const events = await read(": heartbeat\n\n", "data: a\r\ndata: b\r\n\r\n", "data\n\n", "event: x\n\n", "data:  c\n\n");
    expect(events.map((event) => event.data)).toEqual(["a\nb", "", " c"]);
  });

  test("ignores an incomplete event at the end", async () => {
    expect(await read("data: whole\n\ndata: half")).toHaveLength(1);
  });

  test("keeps the last id", async () => {
    expect((await read("id: 7\ndata: a\n\ndata: b\n\n")).map((event) => event.id)).toEqual(["7", "7"]);
  });

  test("cancels the stream when the consumer stops", async () => {
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
