import { expect, test } from "vitest";
import { QueryClient } from "@tanstack/react-query";
import { createSightline } from "sightline-client";
import { runForEach, updateImages } from "../src/api/bulk";
import { formatDuration, parseTime, shiftTime } from "../src/selection/dates";

test.each([
  ["2026-03-29T01:30:00", 60, "2026-03-29T02:30:00"],
  ["2026-01-01T00:10:00.5", -20, "2025-12-31T23:50:00"],
  ["2024-02-28T12:00:00", 24 * 60, "2024-02-29T12:00:00"],
])("%s moved by %i minutes is %s", (time, minutes, expected) => {
  expect(shiftTime(time, minutes)).toBe(expected);
});

test.each([
  ["2026-06-21T21:14", "2026-06-21T21:14:00"],
  ["2026-06-21T21:14:08", "2026-06-21T21:14:08"],
  ["2026-06-21", null],
  ["", null],
])("the field value %s is the time %s", (value, expected) => {
  expect(parseTime(value)).toBe(expected);
});

test("a failure does not stop the other tasks, and the first error is returned", async () => {
  const finished: number[] = [];
  const outcome = await runForEach(
    [1, 2, 3, 4, 5, 6],
    async (item) => {
      if (item % 3 === 0) throw new Error(`failed ${item}`);
    },
    (count) => finished.push(count),
  );
  expect(outcome).toEqual({ done: 4, failed: 2, error: new Error("failed 3") });
  expect(finished).toEqual([1, 2, 3, 4, 5, 6]);
});

test("only a few tasks run at the same time", async () => {
  let running = 0;
  let most = 0;
  await runForEach(Array.from({ length: 20 }), async () => {
    most = Math.max(most, ++running);
    await Promise.resolve();
    running -= 1;
  });
  expect(most).toBe(4);
});

test.each([
  [60, "PT1H"],
  [-1470, "-P1DT30M"],
  [2880, "P2D"],
  [1505, "P1DT1H5M"],
])("%i minutes are the duration %s", (minutes, expected) => {
  expect(formatDuration(minutes)).toBe(expected);
});

test("images are updated in batches, and the problem of an image is returned", async () => {
  const batches: number[] = [];
  const fetch = (async (request: Request) => {
    if (request.method !== "POST") return new Response("{}", { status: 404 });
    const { ids, changes } = (await request.json()) as { ids: string[]; changes: object };
    expect(changes).toEqual({ favorite: true });
    batches.push(ids.length);
    const items = ids.map((id) => ({ id, problem: id === "7" ? { code: "image_not_found", detail: "Gone." } : null }));
    return Response.json({ items }, { status: 207 });
  }) as typeof globalThis.fetch;
  const api = createSightline({ baseUrl: "http://api.example", token: async () => "t", fetch });
  const ids = Array.from({ length: 130 }, (_, number) => String(number));
  const finished: number[] = [];
  const outcome = await updateImages(api, new QueryClient(), ids, { favorite: true }, (count) => finished.push(count));
  expect(batches).toEqual([100, 30]);
  expect(finished).toEqual([100, 130]);
  expect(outcome).toEqual({ done: 129, failed: 1, error: { code: "image_not_found", detail: "Gone." } });
});
