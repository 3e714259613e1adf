import { QueryClient } from "@tanstack/react-query";
import { beforeEach, expect, test } from "vitest";
import { DeletionQueue } from "../src/deletions/deletionQueue";

type Sent = [path: string, ids: string[]];

let sent: Sent[];
/** Ids that the API rejects; null fails every request. */
let rejected: Set<string> | null;
let failures: [string, number][];
let deletions: DeletionQueue;

beforeEach(() => {
  sent = [];
  failures = [];
  rejected = new Set();
  const api = {
    async POST(path: string, { body: { ids } }: { body: { ids: string[] } }) {
      if (!rejected) throw new Error("unavailable");
      sent.push([path, ids]);
      return { data: { items: ids.map((id) => ({ id, status: 204, problem: rejected?.has(id) ? { code: "contended" } : null })) } };
    },
  };
  deletions = new DeletionQueue(api as never, new QueryClient(), (failure, count) => failures.push([failure, count]));
});

const hidden = () => [...deletions.hidden.value].sort();

test("images are hidden at once and moved to the trash without delay", async () => {
  deletions.add(["a", "b"]);
  expect(hidden()).toEqual(["a", "b"]);
  await deletions.flush();
  expect(sent).toEqual([["/v1/images/delete", ["a", "b"]]]);
  expect(hidden()).toEqual([]);
});

test("undo restores the images of one move", async () => {
  const undo = deletions.add(["a"]);
  deletions.add(["b"]);
  expect(await undo()).toBe(true);
  expect(sent.filter(([path]) => path === "/v1/images/restore")).toEqual([["/v1/images/restore", ["a"]]]);
});

test("undo waits for the move", async () => {
  await deletions.add(["a"])();
  expect(sent.map(([path]) => path)).toEqual(["/v1/images/delete", "/v1/images/restore"]);
});

test("images that could not be moved reappear, and the failure is reported", async () => {
  rejected = null;
  deletions.add(["a", "b"]);
  await deletions.flush();
  expect(hidden()).toEqual([]);
  expect(failures).toEqual([["failed", 2]]);
});

test("only the images that were moved are restored", async () => {
  rejected = new Set(["b"]);
  const undo = deletions.add(["a", "b"]);
  await undo();
  expect(failures).toEqual([["failed", 1]]);
  expect(sent.at(-1)).toEqual(["/v1/images/restore", ["a"]]);
});

test("a failed restoration is reported", async () => {
  const undo = deletions.add(["a"]);
  await deletions.flush();
  rejected = null;
  expect(await undo()).toBe(false);
  expect(failures).toEqual([["restoreFailed", 1]]);
});

test("many images are moved in batches of the API's maximum", async () => {
  deletions.add(Array.from({ length: 250 }, (_, at) => String(at)));
  await deletions.flush();
  expect(sent.map(([, ids]) => ids.length)).toEqual([100, 100, 50]);
});
