import { expect, test } from "vitest";
import type { Upload, UploadState } from "../src/uploads/queue";
import { sortUploads, summarizeUploads } from "../src/uploads/summary";

const makeUploads = (...states: UploadState[]): Upload[] =>
  states.map((state, at) => ({
    id: `${state} ${at}`,
    name: "photo.jpg",
    size: 10,
    state,
    progress: 0,
    error: null,
    imageId: null,
    duplicateOf: null,
  }));

test("duplicates are not counted as uploaded", () => {
  const summary = summarizeUploads(makeUploads("uploaded", "duplicate", "duplicate", "failed", "queued"));
  expect(summary).toMatchObject({ files: 5, done: 3, uploaded: 1, duplicates: 2, failed: 1, active: 1 });
});

test("uploads that wait for the network are neither active nor failed", () => {
  expect(summarizeUploads(makeUploads("waiting", "waiting", "uploaded"))).toMatchObject({ active: 0, failed: 0, waiting: 2 });
});

test("active rows come first, and what is done comes last", () => {
  const sorted = sortUploads(makeUploads("uploaded", "queued", "failed", "uploading", "duplicate", "queued", "waiting"));
  expect(sorted.map(({ id }) => id)).toEqual(["uploading 3", "failed 2", "waiting 6", "queued 1", "queued 5", "duplicate 4", "uploaded 0"]);
});
