import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "../i18n/format";
import type { Extent } from "./layout";
import { placeMarks } from "./scrubberMarks";

interface Props {
  months: readonly Extent[];
  /** The month at the top of the screen. */
  current: string;
  onJump: (month: string) => void;
}

/** Time after the last scroll for which the handle stays visible on a touch screen. */
const VISIBLE_MILLISECONDS = 1_200;

/** Months along the edge of the screen, in proportion to their height. Each opens its images; nothing is filtered. */
export function Scrubber({ months, current, onJump }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const rail = useRef<HTMLDivElement>(null);
  const [height, setHeight] = useState(0);
  const [pointed, setPointed] = useState<{ month: Extent; y: number } | null>(null);
  const isScrolling = useIsScrolling();
  useEffect(() => {
    const observer = new ResizeObserver(() => setHeight(rail.current?.clientHeight ?? 0));
    observer.observe(rail.current!);
    return () => observer.disconnect();
  }, []);
  const marks = useMemo(() => placeMarks(months, height), [months, height]);
  const [target, setTarget] = useTarget();
  const at = Math.max(0, months.findIndex((each) => each.month === (target ?? current)));
  const total = months.at(-1)?.bottom ?? 1;
  const position = ((months[at]?.top ?? 0) / total) * height;

  function findMonth(event: PointerEvent) {
    const { top } = rail.current!.getBoundingClientRect();
    const y = Math.min(height, Math.max(0, event.clientY - top));
    const wanted = (y / height) * total;
    return { month: months.findLast((each) => each.top <= wanted) ?? months[0]!, y };
  }

  function onPointer(event: PointerEvent) {
    const found = findMonth(event);
    setPointed(found);
    if (event.buttons & 1) onJump(found.month.month);
  }

  function onKeyDown(event: KeyboardEvent) {
    const year = (month: Extent | undefined) => month?.month.slice(0, 4);
    const targets: Record<string, () => number> = {
      ArrowUp: () => at - 1,
      ArrowDown: () => at + 1,
      PageUp: () => months.findIndex((each) => year(each) === year(months[months.findIndex((other) => year(other) === year(months[at])) - 1])),
      PageDown: () => months.findIndex((each, index) => index > at && year(each) !== year(months[at])),
      Home: () => 0,
      End: () => months.length - 1,
    };
    const month = months[targets[event.key]?.() ?? -1];
    if (!(event.key in targets)) return;
    event.preventDefault();
    event.stopPropagation();
    if (!month) return;
    setTarget(month.month);
    onJump(month.month);
  }

  const describe = ({ month, count }: Extent) => `${format.month(month)}, ${t("photos", { count })}`;
  const bubble = pointed ?? (isScrolling && months[at] ? { month: months[at], y: position } : null);
  return (
    <div
      ref={rail}
      className={`scrubber ${bubble ? "active" : ""}`}
      role="slider"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={t("gallery.months")}
      aria-valuemin={0}
      aria-valuemax={months.length - 1}
      aria-valuenow={at}
      aria-valuetext={months[at] && describe(months[at])}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        onPointer(event);
      }}
      onPointerMove={onPointer}
      onPointerUp={(event) => event.pointerType !== "mouse" && setPointed(null)}
      onPointerLeave={() => setPointed(null)}
      onPointerCancel={() => setPointed(null)}
    >
      {marks.map(({ month, y, kind }) => (
        <span key={month} className={`scrubber-mark ${kind}`} style={{ insetBlockStart: y }} aria-hidden="true">
          {kind === "year" ? month.slice(0, 4) : kind === "month" ? format.shortMonth(month) : null}
        </span>
      ))}
      <span className="scrubber-handle" style={{ insetBlockStart: position }} aria-hidden="true" />
      {bubble && (
        <span className="scrubber-bubble" style={{ insetBlockStart: bubble.y }} aria-hidden="true">
          {format.month(bubble.month.month)}
          <span className="muted">{format.number(bubble.month.count)}</span>
        </span>
      )}
    </div>
  );
}

/**
 * The month that was last chosen with the keyboard, until the user scrolls in another way: the last
 * months of a library cannot be at the top of the screen.
 */
function useTarget() {
  const [target, setTarget] = useState<string | null>(null);
  useEffect(() => {
    const clear = (event: Event) => {
      if (!(event.target as HTMLElement).closest?.(".scrubber")) setTarget(null);
    };
    const inputs = ["wheel", "touchmove", "keydown"] as const;
    for (const each of inputs) addEventListener(each, clear, { passive: true });
    return () => {
      for (const each of inputs) removeEventListener(each, clear);
    };
  }, []);
  return [target, setTarget] as const;
}

function useIsScrolling(): boolean {
  const [isScrolling, setIsScrolling] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    function onScroll() {
      setIsScrolling(true);
      clearTimeout(timer);
      timer = setTimeout(() => setIsScrolling(false), VISIBLE_MILLISECONDS);
    }
    addEventListener("scroll", onScroll, { passive: true });
    return () => {
      clearTimeout(timer);
      removeEventListener("scroll", onScroll);
    };
  }, []);
  return isScrolling;
}
