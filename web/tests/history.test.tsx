import { renderToStaticMarkup } from "react-dom/server";
import { beforeAll, expect, test } from "vitest";
import { initTranslations, loadPageTexts } from "../src/i18n";
import type { HistoryEntry, ImageHistory } from "../src/api/types";
import { HistoryList } from "../src/viewer/History";
import { listStages } from "../src/viewer/historyStages";

beforeAll(async () => {
  await initTranslations();
  await loadPageTexts();
});

function makeEntry(stage: HistoryEntry["stage"], changes: Partial<HistoryEntry> = {}): HistoryEntry {
  return {
    stage,
    part: "recognition",
    started_at: "2026-05-10T12:00:00Z",
    finished_at: null,
    milliseconds: 1500,
    outcome: "completed",
    reason: null,
    ...changes,
  };
}

const RETRIED = [
  makeEntry("upload", { part: "original", milliseconds: 400 }),
  makeEntry("queue", { milliseconds: 200 }),
  makeEntry("work", { outcome: "retried", reason: "timeout", milliseconds: 30_000 }),
  makeEntry("queue", { milliseconds: 5000 }),
  makeEntry("work", { outcome: "failed", reason: "unsupported_format" }),
  makeEntry("work", { part: "renditions", outcome: "running", milliseconds: null }),
];

function render(history: Partial<ImageHistory>): Document {
  const markup = renderToStaticMarkup(<HistoryList history={{ trace_id: null, trace_url: null, items: [], ...history }} />);
  return new DOMParser().parseFromString(markup, "text/html");
}

test("attempts are numbered within their part", () => {
  const numbers = listStages(RETRIED).map(({ stage, attempt, attempts }) => [stage, attempt, attempts]);
  expect(numbers).toEqual([
    ["upload", 1, 1],
    ["queue", 1, 2],
    ["work", 1, 2],
    ["queue", 2, 2],
    ["work", 2, 2],
    ["work", 1, 1],
  ]);
});

test("each stage has its duration, and a retry or failure its reason", () => {
  const stages = [...render({ items: RETRIED }).querySelectorAll("li")];
  expect(stages.map((each) => [...each.querySelectorAll("span")].map((part) => part.textContent).filter(Boolean))).toEqual([
    ["Upload", "0.4 sec"],
    ["Recognition: in queue", "0.2 sec"],
    ["Recognition: attempt 1Timed out, then retried.", "Timed out, then retried.", "30 sec"],
    ["Recognition: in queue", "5 sec"],
    ["Recognition: attempt 2Unsupported file type.", "Unsupported file type.", "1.5 sec"],
    ["Previews: processing", "in progress"],
  ]);
  expect(stages.map((each) => each.className)).toEqual(["succeeded", "succeeded", "failed", "succeeded", "failed", "running"]);
});

test("a history links to its trace only if there is a page for it", () => {
  expect(render({}).querySelector("a")).toBeNull();
  const link = render({ trace_url: "https://traces.example/1" }).querySelector("a");
  expect([link?.getAttribute("href"), link?.textContent]).toEqual(["https://traces.example/1", "Open trace"]);
});
