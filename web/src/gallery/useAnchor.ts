import { useEffect, useLayoutEffect, useRef } from "react";
import { takeOverRestoration } from "../ui/useScrollRestoration";
import { findAnchor, locateAnchor, ROUNDING_PIXELS, type Anchor } from "./anchor";
import type { Layout } from "./layout";

const STORAGE_KEY = "sightline.anchor";

/**
 * Keep what the user sees in place while rows above it are loaded or change, and restore it after a
 * reload and on the way back. `offset` is the scroll position at which the grid is at the top, and
 * `list` identifies the list, by URL for example.
 */
export function useAnchor(layout: Layout, offset: number, list: string): void {
  const anchor = useRef<Anchor | null>(null);
  /** The scroll position that belongs to the anchor. */
  const position = useRef(-1);
  /** What is in the page; null while another page is. */
  const shown = useRef<{ layout: Layout; offset: number; list: string } | null>(null);

  /** Move the anchor to where the user has scrolled. */
  function follow() {
    if (!shown.current || isNear(scrollY, position.current) || shown.current.layout.rows.length === 0) return;
    position.current = scrollY;
    anchor.current = findAnchor(shown.current.layout, scrollY - shown.current.offset);
    sessionStorage.setItem(keyOf(shown.current.list), JSON.stringify(anchor.current));
  }

  /** Scroll to the anchor. */
  function keepInPlace() {
    const top = shown.current && anchor.current && locateAnchor(shown.current.layout, anchor.current);
    if (!shown.current || top === null) return;
    const wanted = Math.max(0, Math.round(top + shown.current.offset));
    if (isNear(wanted, scrollY)) return;
    position.current = wanted;
    scrollTo(0, wanted);
  }

  // The event of a scroll comes with the next frame, and a render before it must not undo the scroll.
  follow();

  useEffect(() => {
    if (!takeOverRestoration()) return;
    anchor.current = JSON.parse(sessionStorage.getItem(keyOf(list)) ?? "null") as Anchor | null;
    keepInPlace();
    // Only the first render of a page can restore its position.
  }, []);

  useLayoutEffect(() => {
    // Another list starts anew.
    if (shown.current && shown.current.list !== list) anchor.current = null;
    shown.current = { layout, offset, list };
    keepInPlace();
  }, [layout, offset, list]);

  useLayoutEffect(() => {
    addEventListener("scroll", follow, { passive: true });
    // The page that follows scrolls to its own position.
    return () => {
      removeEventListener("scroll", follow);
      shown.current = null;
    };
  }, []);
}

function keyOf(list: string): string {
  return `${STORAGE_KEY} ${list}`;
}

function isNear(first: number, second: number): boolean {
  return Math.abs(first - second) <= ROUNDING_PIXELS;
}
