import { act } from "react";
import { expect, test } from "vitest";
import { NO_FILTER } from "../src/filters/filter";
import { SearchBox } from "../src/filters/SearchBox";
import { render } from "./render";

const NO_ANSWERS = { "GET /v1/labels": () => ({ items: [] }), "GET /v1/albums": () => ({ items: [], next_cursor: null }) };

test("Enter right after the last letter searches for what the input shows", async () => {
  const changes: object[] = [];
  const { root } = await render(<SearchBox filter={NO_FILTER} onChange={(change) => changes.push(change)} />, NO_ANSWERS);
  const input = root.querySelector("input")!;
  await act(async () => input.focus());
  await act(async () => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")!.set!.call(input, "leaves");
    input.dispatchEvent(new Event("input", { bubbles: true }));
    // Before React has time for work that can wait.
    input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
  });
  expect(changes).toEqual([{ words: "leaves" }]);
});
