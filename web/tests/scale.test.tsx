import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { initTranslations, loadPageTexts } from "../src/i18n";
import { BarChart } from "../src/usage/BarChart";
import { makeTicks } from "../src/usage/scale";

test.each<[number, number, number[]]>([
  [200, 1, [0, 50, 100, 150, 200]],
  [160, 1, [0, 50, 100, 150, 200]],
  [3, 1, [0, 1, 2, 3]],
  [1, 1, [0, 1]],
  [7, 1, [0, 2, 4, 6, 8]],
  [10, 1, [0, 5, 10]],
  [0.03, 0, [0, 0.01, 0.02, 0.03]],
  [4_700_000, 0, [0, 2_000_000, 4_000_000, 6_000_000]],
  [0, 1, [0]],
])("the axis for %d, in steps of at least %d, has the ticks %j", (largest, smallest, ticks) => {
  expect(makeTicks(largest, smallest)).toEqual(ticks);
});

test("bars are in proportion to their values", async () => {
  await initTranslations();
  await loadPageTexts();
  const bars = [160, 200, 0].map((value, at) => ({ month: `2026-0${at + 1}`, value }));
  const markup = renderToStaticMarkup(<BarChart title="Calls" bars={bars} format={String} smallestStep={1} />);
  const heights = [...markup.matchAll(/chart-bar-fill" style="block-size:([\d.]+)%"/g)].map(([, height]) => Number(height));
  expect(heights).toEqual([80, 100, 0]);
});
