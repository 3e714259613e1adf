import { describe, expect, test } from "vitest";
import { runForEach } from "../src/api/bulk";
import { parseTime, shiftTime } from "../src/selection/dates";
import { changeLabels } from "../src/selection/labels";

const label = (name: string) => ({ name, confidence: 90 });

/** An image on which Dog was detected, Cat was detected and hidden, and Holiday was added. */
const IMAGE = { labels: [label("Dog"), label("Holiday")], labels_added: ["Holiday"], labels_hidden: ["Cat"] };

describe("the labels of an image", () => {
  test.each<[string, string[], string[], object | null]>([
    ["a new label is added", ["Beach"], [], { labels_added: ["Holiday", "Beach"], labels_hidden: ["Cat"] }],
    ["a label that it has changes nothing", ["dog", "HOLIDAY"], [], null],
    ["a hidden label appears again", ["cat"], [], { labels_added: ["Holiday"], labels_hidden: [] }],
    ["a detected label is hidden", [], ["Dog"], { labels_added: ["Holiday"], labels_hidden: ["Cat", "Dog"] }],
    ["an own label is removed", [], ["holiday"], { labels_added: [], labels_hidden: ["Cat"] }],
    ["a label that it does not have is not hidden", [], ["Tree"], null],
  ])("%s", (_, added, removed, expected) => {
    expect(changeLabels(IMAGE, added, removed)).toEqual(expected);
  });
});

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
