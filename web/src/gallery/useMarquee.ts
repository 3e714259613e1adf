import { useEffect, useRef, useState, type CSSProperties, type MouseEvent, type PointerEvent, type RefObject } from "react";
import { findRow, type Layout } from "./layout";
import type { Selection } from "./selection";

/** Distance in pixels after which a press is a drag. */
const DRAG_PIXELS = 6;

/** Distance from the edge of the screen in pixels within which a drag scrolls, and pixels per frame. */
const EDGE_PIXELS = 60;
const SCROLL_PIXELS = 14;

interface Point {
  x: number;
  y: number;
}

interface Drag {
  start: Point;
  /** The last position in the window. */
  client: Point;
  /** What was selected before and stays selected. */
  kept: ReadonlySet<string>;
  started: boolean;
}

/** Return the images of a layout within a rectangle. Coordinates are pixels from the start of the grid. */
export function findInside(layout: Layout, from: Point, to: Point): string[] {
  const [left, right] = [Math.min(from.x, to.x), Math.max(from.x, to.x)];
  const [top, bottom] = [Math.min(from.y, to.y), Math.max(from.y, to.y)];
  const found: string[] = [];
  for (let at = findRow(layout, top); at <= findRow(layout, bottom); at++) {
    const row = layout.rows[at];
    if (row?.kind !== "images") continue;
    for (const { image, left: start, width } of row.images) if (start < right && start + width > left) found.push(image.id);
  }
  return found;
}

/** Select images with a rectangle that is drawn with the mouse; with Shift or Ctrl, add to the selection. */
export function useMarquee(grid: RefObject<HTMLElement | null>, layout: Layout, selection: Selection) {
  const [box, setBox] = useState<CSSProperties | null>(null);
  const drag = useRef<Drag | null>(null);
  const latest = useRef(layout);
  latest.current = layout;

  /** Convert a position in the window to one in the grid. */
  function toGrid({ x, y }: Point): Point {
    const element = grid.current!;
    const { left, right, top } = element.getBoundingClientRect();
    return { x: getComputedStyle(element).direction === "rtl" ? right - x : x - left, y: y - top };
  }

  function update() {
    const current = drag.current;
    if (!current?.started) return;
    const end = toGrid(current.client);
    setBox({
      insetInlineStart: Math.min(current.start.x, end.x),
      insetBlockStart: Math.min(current.start.y, end.y),
      inlineSize: Math.abs(end.x - current.start.x),
      blockSize: Math.abs(end.y - current.start.y),
    });
    selection.select([...current.kept, ...findInside(latest.current, current.start, end)]);
  }
  const updateLatest = useRef(update);
  updateLatest.current = update;

  const isDragging = box !== null;
  useEffect(() => {
    if (!isDragging) return;
    let frame = requestAnimationFrame(function scroll() {
      const y = drag.current?.client.y ?? innerHeight / 2;
      if (y < EDGE_PIXELS) scrollBy(0, -SCROLL_PIXELS);
      if (y > innerHeight - EDGE_PIXELS) scrollBy(0, SCROLL_PIXELS);
      frame = requestAnimationFrame(scroll);
    });
    const onScroll = () => updateLatest.current();
    addEventListener("scroll", onScroll, { passive: true });
    return () => {
      cancelAnimationFrame(frame);
      removeEventListener("scroll", onScroll);
    };
  }, [isDragging]);

  function end() {
    if (drag.current?.started) setBox(null);
    // The click that follows is part of the drag.
    else drag.current = null;
  }

  const handlers = {
    onPointerDown(event: PointerEvent) {
      drag.current = null;
      if (event.pointerType !== "mouse" || event.button !== 0 || (event.target as HTMLElement).closest("button")) return;
      const client = { x: event.clientX, y: event.clientY };
      const keeps = event.shiftKey || event.ctrlKey || event.metaKey;
      drag.current = { start: toGrid(client), client, kept: keeps ? selection.selected.value.ids : new Set(), started: false };
    },
    onPointerMove(event: PointerEvent) {
      const current = drag.current;
      if (!current || !(event.buttons & 1)) return;
      const moved = Math.hypot(event.clientX - current.client.x, event.clientY - current.client.y);
      if (!current.started && moved < DRAG_PIXELS) return;
      if (!current.started) event.currentTarget.setPointerCapture(event.pointerId);
      current.started = true;
      current.client = { x: event.clientX, y: event.clientY };
      update();
    },
    onPointerUp: end,
    onPointerCancel: end,
    onClickCapture(event: MouseEvent) {
      if (!drag.current?.started) return;
      drag.current = null;
      event.preventDefault();
      event.stopPropagation();
    },
  };
  return { box, handlers };
}
