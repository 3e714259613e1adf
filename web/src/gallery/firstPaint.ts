/**
 * The first images of the gallery, drawn before the code of the page has been run. They are where the grid will show
 * them: the browser remembers where the grid was the last time.
 */
import { createLayouter, layoutOptions, type PlacedImage } from "./layout";
import { density } from "./preferences";
import type { Sort } from "./sort";
import { sourcesOf } from "./sources";
import type { Section } from "./useSections";

const FRAME_KEY = "sightline.frame";

/** Time in which the grid, which is above what is drawn, decodes its own images. */
const DECODING_MILLISECONDS = 300;

/** Where the grid is on a page that is not scrolled, in CSS pixels. */
export interface Frame {
  left: number;
  top: number;
  width: number;
  direction: string;
}

/** The frame, and the width of the screen on which it was that. */
type Remembered = Frame & { screen: number };

/** What is drawn, until the page shows the same; null once it does. */
let canvas: HTMLElement | null = document.createElement("div");

/** Remember the frame for the next start. */
export function rememberFrame(frame: Frame): void {
  localStorage.setItem(FRAME_KEY, JSON.stringify({ ...frame, screen: innerWidth } satisfies Remembered));
}

/** Draw the images of the first screen. If the frame is not known, they are only requested. */
export function paintFirst(sections: readonly Section[], sort: Sort): void {
  if (!canvas) return;
  const frame = recallFrame();
  const { left, top, width, direction } = frame ?? { left: 0, top: 0, width: innerWidth, direction: "" };
  canvas.className = "first-paint";
  canvas.ariaHidden = "true";
  Object.assign(canvas.style, {
    direction,
    left: `${left}px`,
    top: `${top}px`,
    inlineSize: `${width}px`,
    blockSize: `${innerHeight - top}px`,
  });
  const options = layoutOptions(width, density.value, sort);
  const { rows, tops } = createLayouter(options)(sections);
  for (const [at, row] of rows.entries()) {
    if (tops[at]! >= innerHeight - top) break;
    if (row.kind !== "images") continue;
    for (const placed of row.images) {
      const image = draw(placed, tops[at]!, row.height - options.gap);
      if (image) canvas.append(image);
    }
  }
  if (frame) document.body.prepend(canvas);
}

/** Remove what is drawn, because the page shows it now, or something else; nothing is drawn from then on. */
export function endFirstPaint(): void {
  const drawn = canvas;
  canvas = null;
  setTimeout(() => drawn?.remove(), DECODING_MILLISECONDS);
}

function draw({ image, left, width }: PlacedImage, top: number, height: number): HTMLImageElement | null {
  const sources = sourcesOf(image, width);
  if (!sources) return null;
  const { sizes, srcSet, src } = sources;
  const element = new Image();
  Object.assign(element, { alt: "", sizes, srcset: srcSet, src });
  Object.assign(element.style, {
    insetBlockStart: `${top}px`,
    insetInlineStart: `${left}px`,
    inlineSize: `${width}px`,
    blockSize: `${height}px`,
  });
  return element;
}

/** Return the frame on a screen of this width, if the page starts at its top. */
function recallFrame(): Frame | null {
  const remembered = JSON.parse(localStorage.getItem(FRAME_KEY) ?? "null") as Remembered | null;
  const [navigation] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  // A page that was open before may have been scrolled.
  return remembered?.screen === innerWidth && navigation?.type === "navigate" ? remembered : null;
}
