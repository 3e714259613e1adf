import { expect, test } from "vitest";
import { Selection } from "../src/gallery/selection";

const ORDER = ["a", "b", "c", "d", "e"];

const ids = (selection: Selection) => [...selection.selected.value.ids].sort().join("");

test("one is selected, and no longer", () => {
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
])("a range goes from the one selected last: %s", (_, from, to, expected) => {
  const selection = new Selection();
  selection.toggle(from);
  selection.extend(to, ORDER);
  expect(ids(selection)).toBe(expected);
});

test("a range keeps what was selected elsewhere, and its beginning", () => {
  const selection = new Selection();
  selection.toggle("a");
  selection.toggle("c");
  selection.extend("d", ORDER);
  selection.extend("e", ORDER);
  expect(ids(selection)).toBe("acde");
});

test("without a beginning a range is the one picture", () => {
  const selection = new Selection();
  selection.extend("c", ORDER);
  expect(ids(selection)).toBe("c");
});

test("what has gone is no longer selected", () => {
  const selection = new Selection();
  selection.all(ORDER);
  selection.keepOnly(new Set(["a", "e"]));
  expect(ids(selection)).toBe("ae");
});
