import { describe, expect, test } from "vitest";
import { clampView, findSwipe, FIT, fullScale, maxScale, toggleZoom, zoomAt } from "../src/viewer/zoom";

const FRAME = { width: 800, height: 600 };
const STAGE = { width: 1000, height: 600 };

test("the point that is zoomed at stays where it is", () => {
  const point = { x: 200, y: -100 };
  const view = zoomAt({ scale: 2, x: 30, y: 10 }, 3, point, 8);
  const before = { x: (point.x - 30) / 2, y: (point.y - 10) / 2 };
  expect((point.x - view.x) / view.scale).toBeCloseTo(before.x);
  expect((point.y - view.y) / view.scale).toBeCloseTo(before.y);
});

test("the scale is between the size that fits and the limit", () => {
  expect(zoomAt(FIT, 100, { x: 0, y: 0 }, 8).scale).toBe(8);
  expect(zoomAt(FIT, 0.2, { x: 0, y: 0 }, 8)).toEqual(FIT);
});

test.each([
  ["a side that is smaller than the stage stays centered", { scale: 1.2, x: 90, y: 0 }, { x: 0, y: 0 }],
  ["an edge does not come further in than that of the stage", { scale: 2, x: 900, y: -900 }, { x: 300, y: -300 }],
  ["an offset within the image stays", { scale: 2, x: 100, y: 50 }, { x: 100, y: 50 }],
])("%s", (_, view, expected) => {
  expect(clampView(view, FRAME, STAGE)).toMatchObject(expected);
});

test("100 % is one pixel of the original for each pixel of the screen", () => {
  expect(fullScale(FRAME, { width: 3200, height: 2400 }, 1)).toBe(4);
  expect(fullScale(FRAME, { width: 3200, height: 2400 }, 2)).toBe(2);
  expect(maxScale(4)).toBe(16);
  expect(maxScale(0.5)).toBe(4);
});

test("a double tap shows 100 %, at least twice the size, and then all of the image", () => {
  const full = toggleZoom(FIT, 4, { x: 0, y: 0 });
  expect(full.scale).toBe(4);
  expect(toggleZoom(full, 4, { x: 10, y: 10 })).toEqual(FIT);
  expect(toggleZoom(FIT, 0.5, { x: 0, y: 0 }).scale).toBe(2);
});

describe("a drag that ends", () => {
  const SLOW = { x: 0.1, y: 0.1 };
  const FAST = { x: 0.9, y: 0.1 };

  test.each([
    ["to the left opens the next image", { x: -120, y: 5 }, SLOW, "next"],
    ["to the right opens the previous image", { x: 120, y: 5 }, SLOW, "previous"],
    ["short and fast is a swipe", { x: -30, y: 2 }, FAST, "next"],
    ["short and slow is none", { x: -30, y: 2 }, SLOW, null],
    ["downwards closes the image", { x: 10, y: 150 }, SLOW, "close"],
    ["upwards is none", { x: 10, y: -150 }, SLOW, null],
    ["across and down is none", { x: 100, y: 90 }, SLOW, null],
  ])("%s", (_, moved, speed, expected) => {
    expect(findSwipe(moved, speed, false)).toBe(expected);
  });

  test("in a right-to-left language moves the other way", () => {
    expect(findSwipe({ x: 120, y: 5 }, SLOW, true)).toBe("next");
  });
});
