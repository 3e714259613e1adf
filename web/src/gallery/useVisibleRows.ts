import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { ROUNDING_PIXELS } from "./anchor";
import { findRow, type Layout } from "./layout";

export interface VisibleRows {
  /** First and last row to render. */
  first: number;
  last: number;
  /** The row at the top of the screen, below the header. */
  current: number;
}

/** Screens that are rendered beyond each edge. */
const OVERSCAN_SCREENS = 1;

/** Return the rows near the screen. `offset` is the scroll position at which the grid is at the top. */
export function useVisibleRows(layout: Layout, offset: number): VisibleRows {
  const [visible, setVisible] = useState<VisibleRows>(() => findVisible(layout, 0));
  const latest = useRef({ layout, offset });
  latest.current = { layout, offset };
  const update = useCallback(() => {
    const next = findVisible(latest.current.layout, scrollY - latest.current.offset);
    setVisible((before) => (isSame(before, next) ? before : next));
  }, []);
  useLayoutEffect(update, [update, layout, offset]);
  useEffect(() => {
    addEventListener("scroll", update, { passive: true });
    addEventListener("resize", update);
    return () => {
      removeEventListener("scroll", update);
      removeEventListener("resize", update);
    };
  }, [update]);
  return visible;
}

function findVisible(layout: Layout, top: number): VisibleRows {
  const beyond = innerHeight * OVERSCAN_SCREENS;
  return {
    first: findRow(layout, top - beyond),
    last: findRow(layout, top + innerHeight + beyond),
    current: findRow(layout, top + ROUNDING_PIXELS),
  };
}

function isSame(first: VisibleRows, second: VisibleRows): boolean {
  return first.first === second.first && first.last === second.last && first.current === second.current;
}
