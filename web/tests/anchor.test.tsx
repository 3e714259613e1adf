import { useState } from "react";
import { expect, test } from "vitest";
import type { Layout } from "../src/gallery/layout";
import { useAnchor } from "../src/gallery/useAnchor";
import { render } from "./render";

const MONTHS = ["2026-06", "2026-05"];

/** Return two months of these heights in pixels, neither of them loaded. */
function makeLayout(heights: readonly [number, number]): Layout {
  const tops = [0, heights[0], heights[0] + heights[1]];
  return {
    rows: MONTHS.map((month, at) => ({ kind: "placeholder", month, height: heights[at]!, count: 9 })),
    tops,
    months: MONTHS.map((month, at) => ({ month, top: tops[at]!, bottom: tops[at + 1]!, count: 9 })),
  };
}

function Page() {
  const [layout, setLayout] = useState(() => makeLayout([5000, 5000]));
  useAnchor(layout, 0, "list");
  return <button onClick={() => setLayout(makeLayout([4000, 5000]))}>Load</button>;
}

test("what is on the screen stays in place when what is above it changes", async () => {
  const { click } = await render(<Page />);
  document.documentElement.scrollTop = 6000;
  dispatchEvent(new Event("scroll"));
  await click("Load");
  expect(scrollY).toBe(5000);
});

test("a scroll is kept if its event follows a change of what is above", async () => {
  const { click } = await render(<Page />);
  document.documentElement.scrollTop = 6000;
  dispatchEvent(new Event("scroll"));
  document.documentElement.scrollTop = 7000;
  await click("Load");
  expect(scrollY).toBe(6000);
});
