import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ImageSummary } from "../src/api/types";
import { DEFAULT_SORT } from "../src/gallery/sort";
import { makeSummary } from "./samples";

const FRAME = { left: 20, top: 100, width: 800, direction: "ltr" };

/** A month of images of 500 x 1000 pixels, which a wide screen shows in rows 220 pixels high. */
function month(count: number, changes: Partial<ImageSummary> = {}) {
  const images = Array.from({ length: count }, (_, number) =>
    makeSummary(number, {
      width: 500,
      height: 1000,
      taken_at_local: "2026-05-10T10:00:00",
      thumbnail: { url: `/${number}`, width: 160, height: 320 },
      preview: { url: `/${number}/large`, width: 512, height: 1024 },
      ...changes,
    }),
  );
  return [{ month: "2026-05", count, images }];
}

/** Start anew, as a page does. */
async function load() {
  vi.resetModules();
  return import("../src/gallery/firstPaint");
}

function drawn(): HTMLImageElement[] {
  return [...document.querySelectorAll<HTMLImageElement>(".first-paint img")];
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(performance, "getEntriesByType").mockReturnValue([{ type: "navigate" } as PerformanceNavigationTiming]);
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  localStorage.clear();
  document.body.replaceChildren();
});

test("the images of the first screen are drawn where the grid was the last time", async () => {
  const { paintFirst, rememberFrame } = await load();
  rememberFrame(FRAME);
  paintFirst(month(100), DEFAULT_SORT);
  const [first, second] = drawn();
  const { left, top } = document.querySelector<HTMLElement>(".first-paint")!.style;
  expect([left, top]).toEqual(["20px", "100px"]);
  expect([first!.sizes, first!.srcset]).toEqual(["110px", "/0 160w, /0/large 512w"]);
  // Below the headings of the month and of the day; seven images fill a row of 800 pixels.
  expect(first!.style.insetBlockStart).toBe("94px");
  expect(second!.style.insetInlineStart).not.toBe(first!.style.insetInlineStart);
  expect(drawn().length).toBeGreaterThan(7);
  expect(drawn().length).toBeLessThan(50);
});

test("an image without a thumbnail is not drawn", async () => {
  const { paintFirst, rememberFrame } = await load();
  rememberFrame(FRAME);
  paintFirst(month(3, { thumbnail: null }), DEFAULT_SORT);
  expect(drawn()).toEqual([]);
});

test("nothing is drawn at the first visit, or on a screen of another width", async () => {
  const { paintFirst, rememberFrame } = await load();
  paintFirst(month(3), DEFAULT_SORT);
  expect(drawn()).toEqual([]);
  vi.stubGlobal("innerWidth", innerWidth + 1);
  rememberFrame(FRAME);
  vi.unstubAllGlobals();
  paintFirst(month(3), DEFAULT_SORT);
  expect(drawn()).toEqual([]);
});

test("nothing is drawn on a page that is loaded again, which may be scrolled", async () => {
  vi.spyOn(performance, "getEntriesByType").mockReturnValue([{ type: "reload" } as PerformanceNavigationTiming]);
  const { paintFirst, rememberFrame } = await load();
  rememberFrame(FRAME);
  paintFirst(month(3), DEFAULT_SORT);
  expect(drawn()).toEqual([]);
});

test("what is drawn is removed once the page shows it", async () => {
  const { endFirstPaint, paintFirst, rememberFrame } = await load();
  rememberFrame(FRAME);
  paintFirst(month(3), DEFAULT_SORT);
  endFirstPaint();
  // The grid decodes its images meanwhile.
  expect(drawn().length).toBe(3);
  vi.runAllTimers();
  expect(drawn()).toEqual([]);
});

test("nothing is drawn once the page shows something", async () => {
  const { endFirstPaint, paintFirst, rememberFrame } = await load();
  rememberFrame(FRAME);
  endFirstPaint();
  paintFirst(month(3), DEFAULT_SORT);
  expect(drawn()).toEqual([]);
});
