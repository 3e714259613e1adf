import { useEffect, useLayoutEffect, useRef } from "react";
import { takeOverRestoration } from "../ui/useScrollRestoration";
import { findAnchor, locateAnchor, type Anchor } from "./anchor";
import type { Layout } from "./layout";

const STORAGE_KEY = "sightline.anchor";

/**
 * Keep what the user sees in place while rows above it are loaded or change, and restore it after a
 * reload and on the way back. `offset` is the scroll position at which the grid is at the top, and
 * `list` identifies the list, by URL for example.
 */
export function useAnchor(layout: Layout, offset: number, list: string): void {
  const key = `${STORAGE_KEY} ${list}`;
  const anchor = useRef<Anchor | null>(null);
  const latest = useRef({ layout, offset, key });
  latest.current = { layout, offset, key };
  /** The position to which this hook has scrolled. */
  const target = useRef(-1);

  useEffect(() => {
    if (!takeOverRestoration()) return;
    anchor.current = JSON.parse(sessionStorage.getItem(key) ?? "null") as Anchor | null;
    keepInPlace(latest.current.layout, latest.current.offset, anchor.current, target);
    // Only the first render of a page can restore its position.
  }, []);

  // A layout effect stops before the page that follows scrolls to its own position.
  useLayoutEffect(() => {
    function onScroll() {
      if (Math.abs(scrollY - target.current) <= 1 || latest.current.layout.rows.length === 0) return;
      target.current = -1;
      anchor.current = findAnchor(latest.current.layout, scrollY - latest.current.offset);
      sessionStorage.setItem(latest.current.key, JSON.stringify(anchor.current));
    }
    addEventListener("scroll", onScroll, { passive: true });
    return () => removeEventListener("scroll", onScroll);
  }, []);

  const before = useRef(list);
  useLayoutEffect(() => {
    // Another list starts anew.
    if (before.current !== list) anchor.current = null;
    before.current = list;
    keepInPlace(layout, offset, anchor.current, target);
  }, [layout, offset, list]);
}

function keepInPlace(layout: Layout, offset: number, anchor: Anchor | null, target: { current: number }): void {
  const top = anchor && locateAnchor(layout, anchor);
  if (top === null) return;
  const wanted = Math.max(0, Math.round(top + offset));
  if (Math.abs(wanted - scrollY) <= 1) return;
  target.current = wanted;
  scrollTo(0, wanted);
}
