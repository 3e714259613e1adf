import { useGesture } from "@use-gesture/react";
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type MouseEvent, type RefObject } from "react";
import { clampView, findSwipe, FIT, fullScale, maxScale, toggleZoom, zoomAt, type Point, type Size, type Swipe, type View } from "./zoom";

/** Pixels of the wheel that double the size. */
const WHEEL_PIXELS = 400;

/** Factor of a step with the keyboard. */
const STEP = 1.5;

/** Time between the two taps of a double tap. */
const DOUBLE_TAP_MILLISECONDS = 300;

interface Options {
  stage: RefObject<HTMLElement | null>;
  frame: RefObject<HTMLElement | null>;
  /** The image on the stage; another one starts unzoomed. */
  id: string;
  /** Pixels of the original. */
  original: Size;
  onSwipe: (swipe: NonNullable<Swipe>) => void;
  onTap: () => void;
}

export interface Zoom {
  view: View;
  /** How far an image that fits has been dragged. */
  dragged: Point;
  isMoving: boolean;
  onDoubleClick: (event: MouseEvent) => void;
  /** Magnify in steps, or shrink in steps below 0. */
  step: (steps: number) => void;
  reset: () => void;
}

/** Zoom by wheel, pinch, double tap and double click, move by dragging, and swipe an image that fits. */
export function useZoom({ stage, frame, id, original, onSwipe, onTap }: Options): Zoom {
  const [view, setView] = useState<View>(FIT);
  const [dragged, setDragged] = useState<Point>({ x: 0, y: 0 });
  const [isMoving, setMoving] = useState(false);
  const lastTap = useRef(0);
  const lastTouch = useRef(-Infinity);
  useLayoutEffect(() => {
    setView(FIT);
    setDragged({ x: 0, y: 0 });
  }, [id]);

  const sizeOf = (element: HTMLElement | null): Size => ({ width: element?.offsetWidth ?? 0, height: element?.offsetHeight ?? 0 });
  const full = () => fullScale(sizeOf(frame.current), original, devicePixelRatio);
  const change = (update: (view: View) => View) =>
    setView((before) => clampView(update(before), sizeOf(frame.current), sizeOf(stage.current)));
  const fromCenter = (x: number, y: number): Point => {
    const { left, top, width, height } = stage.current!.getBoundingClientRect();
    return { x: x - left - width / 2, y: y - top - height / 2 };
  };

  useGesture(
    {
      onDrag({ movement: [mx, my], delta: [dx, dy], velocity: [vx, vy], event, tap, pinching, cancel, last, xy: [x, y] }) {
        if (pinching) return cancel();
        const isTouch = (event as PointerEvent).pointerType === "touch";
        if (tap) {
          if (!isTouch) return;
          lastTouch.current = event.timeStamp;
          const isDouble = event.timeStamp - lastTap.current < DOUBLE_TAP_MILLISECONDS;
          lastTap.current = isDouble ? 0 : event.timeStamp;
          if (isDouble) change((before) => toggleZoom(before, full(), fromCenter(x, y)));
          else onTap();
          return;
        }
        setMoving(!last);
        if (view.scale > 1) return change((before) => ({ ...before, x: before.x + dx, y: before.y + dy }));
        if (!last) return setDragged({ x: mx, y: Math.max(0, my) });
        const swipe = findSwipe({ x: mx, y: my }, { x: vx, y: vy }, document.documentElement.dir === "rtl");
        setDragged({ x: 0, y: 0 });
        if (swipe) onSwipe(swipe);
      },
      onPinch({ origin: [x, y], movement: [factor], first, last, memo }) {
        const start = first || memo === undefined ? view.scale : (memo as number);
        setMoving(!last);
        change((before) => zoomAt(before, start * factor, fromCenter(x, y), maxScale(full())));
        return start;
      },
      onWheel({ event, delta: [, dy] }) {
        // The wheel with Ctrl is a pinch of a touchpad.
        if (event.ctrlKey) return;
        event.preventDefault();
        change((before) => zoomAt(before, before.scale * 2 ** (-dy / WHEEL_PIXELS), fromCenter(event.clientX, event.clientY), maxScale(full())));
      },
    },
    { target: stage, eventOptions: { passive: false }, drag: { filterTaps: true, pointer: { buttons: 1 } } },
  );

  useEffect(() => {
    const onResize = () => setView(FIT);
    addEventListener("resize", onResize);
    return () => removeEventListener("resize", onResize);
  }, []);
  const step = useCallback((steps: number) => change((before) => zoomAt(before, before.scale * STEP ** steps, { x: 0, y: 0 }, maxScale(full()))), [original]);
  function onDoubleClick(event: MouseEvent) {
    // A double tap has been handled by then.
    if (event.timeStamp - lastTouch.current < 2 * DOUBLE_TAP_MILLISECONDS) return;
    change((before) => toggleZoom(before, full(), fromCenter(event.clientX, event.clientY)));
  }

  const reset = useCallback(() => setView(FIT), []);
  return { view, dragged, isMoving, onDoubleClick, step, reset };
}
