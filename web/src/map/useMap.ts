import { useCallback, useLayoutEffect, useRef, useState, type RefObject } from "react";
import { clampViewport, type Size, type Viewport } from "./viewport";

/** The state of a map: its element, its size in CSS pixels, and what it shows. */
export interface MapState {
  element: RefObject<HTMLDivElement | null>;
  size: Size;
  /** Null until it is known what to show. */
  viewport: Viewport | null;
  /** Show another part, computed from the present one; without effect until the size is known. */
  change: (update: (viewport: Viewport | null, size: Size) => Viewport | null) => void;
}

export function useMap(initial: Viewport | null = null): MapState {
  const element = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  const [viewport, setViewport] = useState(initial);
  const current = useRef(size);
  useLayoutEffect(() => {
    const measured = element.current;
    if (!measured) return;
    const measure = () => {
      const { width, height } = (current.current = { width: measured.clientWidth, height: measured.clientHeight });
      setSize((before) => (before.width === width && before.height === height ? before : current.current));
      setViewport((before) => before && clampViewport(before, current.current));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(measured);
    return () => observer.disconnect();
  }, []);
  const change = useCallback<MapState["change"]>((update) => {
    setViewport((before) => (current.current.width > 0 ? update(before, current.current) : before));
  }, []);
  return { element, size, viewport, change };
}
