import { expect, test } from "vitest";
import { Selection } from "../src/gallery/selection";

const ORDER = ["a", "b", "c", "d", "e"];

const ids = (selection: Selection) => [...selection.selected.value.ids].sort().join("");

test("toggle selects and deselects an image", () => {
  const selection = new Selection();
  selection.toggle("b");
  selection.toggle("d");
  expect(ids(selection)).toBe("bd");
  selection.toggle("b");
  expect(ids(selection)).toBe("d");
});

test.each([
  ["forwards", "b", "d", "bcd"],
  ["backwards", "d", "b", "bcd"],
  ["to itself", "c", "c", "c"],
])("a range starts at the last selected image: %s", (_, from, to, expected) => {
  const selection = new Selection();
  selection.toggle(from);
  selection.extend(to, ORDER);
  expect(ids(selection)).toBe(expected);
});

test("a range keeps the earlier selection and its anchor", () => {
  const selection = new Selection();
  selection.toggle("a");
  selection.toggle("c");
  selection.extend("d", ORDER);
  selection.extend("e", ORDER);
  expect(ids(selection)).toBe("acde");
});

test("without an anchor, a range is a single image", () => {
  const selection = new Selection();
  selection.extend("c", ORDER);
  expect(ids(selection)).toBe("c");
});

test("images that are no longer present are deselected", () => {
  const selection = new Selection();
  selection.selectAll(ORDER);
  selection.retain(new Set(["a", "e"]));
  expect(ids(selection)).toBe("ae");
});

test("a group is selected as a whole, and deselected if all of it is selected", () => {
  const selection = new Selection();
  selection.toggle("b");
  selection.toggleAll(["b", "c"]);
  expect(ids(selection)).toBe("bc");
  selection.toggleAll(["c", "b"]);
  expect(ids(selection)).toBe("");
});

test("a range continues from the start of a group", () => {
  const selection = new Selection();
  selection.toggleAll(["b", "c"]);
  selection.extend("e", ORDER);
  expect(ids(selection)).toBe("bcde");
});

test("a rectangle replaces the selection", () => {
  const selection = new Selection();
  selection.toggle("a");
  selection.select(["c", "d"]);
  expect(ids(selection)).toBe("cd");
});
