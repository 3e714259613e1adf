import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Deletions, UNDO } from "../src/picture/deletions";

let deleted: string[][];
let fail: boolean;
let failures: number[];
let deletions: Deletions;

beforeEach(() => {
  vi.useFakeTimers();
  deleted = [];
  failures = [];
  fail = false;
  const api = {
    async POST(_: string, init: { body: { ids: string[] } }) {
      if (fail) throw new Error("away");
      deleted.push(init.body.ids);
    },
  };
  deletions = new Deletions(api as never, new QueryClient(), (count) => failures.push(count));
});

afterEach(() => vi.useRealTimers());

const hidden = () => [...deletions.hidden.value].sort();

test("pictures look deleted at once, and are after a while", async () => {
  deletions.start(["a", "b"]);
  expect(hidden()).toEqual(["a", "b"]);
  await vi.advanceTimersByTimeAsync(UNDO - 1);
  expect(deleted).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(deleted).toEqual([["a", "b"]]);
  expect(hidden()).toEqual([]);
});

test("a deletion that is taken back never happens; another goes on", async () => {
  const undo = deletions.start(["a"]);
  deletions.start(["b"]);
  undo();
  expect(hidden()).toEqual(["b"]);
  await vi.advanceTimersByTimeAsync(UNDO);
  expect(deleted).toEqual([["b"]]);
});

test("whoever leaves the page has not taken it back", async () => {
  deletions.start(["a"]);
  dispatchEvent(new Event("pagehide"));
  await vi.advanceTimersByTimeAsync(0);
  expect(deleted).toEqual([["a"]]);
});

test("pictures that could not be deleted are shown again, and it is said", async () => {
  fail = true;
  deletions.start(["a"]);
  await vi.advanceTimersByTimeAsync(UNDO);
  expect(hidden()).toEqual([]);
  expect(failures).toEqual([1]);
});

test("many go in portions that the API takes", async () => {
  deletions.start(Array.from({ length: 250 }, (_, at) => String(at)));
  await vi.advanceTimersByTimeAsync(UNDO);
  expect(deleted.map((ids) => ids.length)).toEqual([100, 100, 50]);
});
