import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DeletionQueue, UNDO_MILLISECONDS } from "../src/deletions/deletionQueue";

let deleted: string[][];
let fail: boolean;
let failures: number[];
let deletions: DeletionQueue;

beforeEach(() => {
  vi.useFakeTimers();
  deleted = [];
  failures = [];
  fail = false;
  const api = {
    async POST(_: string, init: { body: { ids: string[] } }) {
      if (fail) throw new Error("unavailable");
      deleted.push(init.body.ids);
    },
  };
  deletions = new DeletionQueue(api as never, new QueryClient(), (count) => failures.push(count));
});

afterEach(() => vi.useRealTimers());

const hidden = () => [...deletions.hidden.value].sort();

test("images are hidden at once and deleted after the undo time", async () => {
  deletions.add(["a", "b"]);
  expect(hidden()).toEqual(["a", "b"]);
  await vi.advanceTimersByTimeAsync(UNDO_MILLISECONDS - 1);
  expect(deleted).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(deleted).toEqual([["a", "b"]]);
  expect(hidden()).toEqual([]);
});

test("undo cancels one deletion and leaves the other pending", async () => {
  const undo = deletions.add(["a"]);
  deletions.add(["b"]);
  undo();
  expect(hidden()).toEqual(["b"]);
  await vi.advanceTimersByTimeAsync(UNDO_MILLISECONDS);
  expect(deleted).toEqual([["b"]]);
});

test("leaving the page commits pending deletions", async () => {
  deletions.add(["a"]);
  dispatchEvent(new Event("pagehide"));
  await vi.advanceTimersByTimeAsync(0);
  expect(deleted).toEqual([["a"]]);
});

test("images that could not be deleted reappear, and the failure is reported", async () => {
  fail = true;
  deletions.add(["a"]);
  await vi.advanceTimersByTimeAsync(UNDO_MILLISECONDS);
  expect(hidden()).toEqual([]);
  expect(failures).toEqual([1]);
});

test("many images are deleted in batches of the API's maximum", async () => {
  deletions.add(Array.from({ length: 250 }, (_, at) => String(at)));
  await vi.advanceTimersByTimeAsync(UNDO_MILLISECONDS);
  expect(deleted.map((ids) => ids.length)).toEqual([100, 100, 50]);
});
