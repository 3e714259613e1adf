import { act } from "react";
import { expect, test, vi } from "vitest";
import { NO_FILTER } from "../src/filters/filter";
import { SearchBox } from "../src/filters/SearchBox";
import { render } from "./render";

const NO_ANSWERS = { "GET /v1/labels": () => ({ items: [] }), "GET /v1/words": () => ({ items: [] }), "GET /v1/albums": () => ({ items: [], next_cursor: null }) };

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

test("cameras, places and words are suggested with their counts, and complete the last word", async () => {
  const words = [
    { word: "nikon", images: 17, fields: ["camera"] },
    { word: "nikosia", images: 4, fields: ["place"] },
    { word: "nikolaus", images: 2, fields: ["title"] },
    { word: "niko", images: 1, fields: ["label"] },
    { word: "other", images: 9, fields: ["text"] },
  ];
  const changes: object[] = [];
  const { root, calls } = await render(
    <SearchBox filter={{ ...NO_FILTER, words: "red" }} onChange={(change) => changes.push(change)} />,
    { ...NO_ANSWERS, "GET /v1/words": () => ({ items: words }) },
  );
  const input = root.querySelector("input")!;
  await act(async () => input.focus());
  await act(async () => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")!.set!.call(input, "Street Nik");
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  const nikon = "Camera: Nikon17";
  await vi.waitFor(() => expect(root.textContent).toContain(nikon));
  const options = [...root.querySelectorAll("[role=option]")].map((each) => each.textContent);
  expect(options).toEqual(["Search for “Street Nik”", nikon, "Place: Nikosia4", "nikolaus2", "Text in photos: “Street Nik”"]);
  expect(calls.find(({ request }) => request === "GET /v1/words")?.init.params?.query).toEqual({ prefix: "Street Nik", limit: 5 });
  await act(async () => {
    const event = new Event("pointerdown", { bubbles: true, cancelable: true });
    [...root.querySelectorAll("[role=option]")].find((each) => each.textContent === nikon)!.dispatchEvent(event);
  });
  expect(changes).toEqual([{ words: "red Street nikon" }]);
});
