import { useWindowVirtualizer } from "@tanstack/react-virtual";
import {
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent as ReactKeyboardEvent,
  type MouseEvent,
  type Ref,
} from "react";
import { useTranslation } from "react-i18next";
import { navigate } from "wouter/use-browser-location";
import type { ImageSummary } from "../api/types";
import { useFormat } from "../i18n/format";
import { useStore } from "../store";
import { layoutRows, type PlacedImage, type Row } from "./layout";
import type { Selection } from "./selection";
import { Tile } from "./Tile";
import { useWidth } from "./useWidth";

export interface GridHandle {
  /** Scroll to a month; returns whether its images are loaded. */
  scrollTo(month: string): boolean;
}

interface Props {
  images: readonly ImageSummary[];
  selection: Selection;
  linkTo: (image: ImageSummary) => string;
  /** Called when the last row is near. */
  onEnd: () => void;
  onMonth: (month: string) => void;
  onDelete: () => void;
  handle: Ref<GridHandle>;
}

/** Rows rendered beyond each edge of the screen. */
const OVERSCAN_ROWS = 4;

/** Rows before the end at which the next page is loaded. */
const PRELOAD_ROWS = 12;

/** Pixels. */
const GAP = 6;
const HEADING_HEIGHT = 56;

export function Grid({ images, selection, linkTo, onEnd, onMonth, onDelete, handle }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const list = useRef<HTMLDivElement>(null);
  const width = useWidth(list);
  const [active, setActive] = useState(0);
  const { ids: selected } = useStore(selection.selected);
  const order = useMemo(() => images.map((image) => image.id), [images]);
  const rows = useMemo(
    () => (width > 0 ? layoutRows(images, { width, height: width < 600 ? 130 : 220, gap: GAP, headingHeight: HEADING_HEIGHT }) : []),
    [images, width],
  );
  const rowOf = useMemo(() => indexRows(rows), [rows]);

  const [margin, setMargin] = useState(0);
  // Content above the grid changes height, for example the filter chips.
  useLayoutEffect(() => {
    const top = Math.round((list.current?.getBoundingClientRect().top ?? 0) + scrollY);
    if (top !== margin) setMargin(top);
  });
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: (index) => rows[index]?.height ?? 0,
    getItemKey: (index) => keyOf(rows[index], index),
    overscan: OVERSCAN_ROWS,
    scrollMargin: margin,
    scrollPaddingStart: 72,
  });
  useLayoutEffect(() => virtual.measure(), [virtual, rows]);

  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const nearEnd = rows.length > 0 && last >= rows.length - PRELOAD_ROWS;
  useEffect(() => {
    if (nearEnd) onEnd();
  }, [nearEnd, onEnd, rows.length]);
  const month = rows[virtual.range?.startIndex ?? 0]?.month ?? "";
  useEffect(() => onMonth(month), [month, onMonth]);

  useImperativeHandle(handle, () => ({
    scrollTo(wanted) {
      const at = rows.findIndex((row) => row.kind === "month" && row.month === wanted);
      if (at >= 0) virtual.scrollToIndex(at, { align: "start" });
      return at >= 0;
    },
  }));

  const onSelect = useCallback(
    (placed: PlacedImage, event: MouseEvent | ReactKeyboardEvent) => {
      if (event.shiftKey) selection.extend(placed.image.id, order);
      else selection.toggle(placed.image.id);
    },
    [selection, order],
  );

  function move(to: number) {
    const next = Math.min(images.length - 1, Math.max(0, to));
    setActive(next);
    virtual.scrollToIndex(rowOf[next] ?? 0, { align: "auto" });
    focusWhenRendered(list.current, next);
  }

  function onKeyDown(event: ReactKeyboardEvent) {
    const image = images[active];
    if (!image) return;
    const rtl = getComputedStyle(event.currentTarget).direction === "rtl";
    const steps: Record<string, () => number> = {
      ArrowRight: () => active + (rtl ? -1 : 1),
      ArrowLeft: () => active + (rtl ? 1 : -1),
      ArrowDown: () => findVertical(rows, rowOf[active] ?? 0, active, 1),
      ArrowUp: () => findVertical(rows, rowOf[active] ?? 0, active, -1),
      Home: () => 0,
      End: () => images.length - 1,
    };
    const step = steps[event.key];
    if (step) {
      const to = Math.min(images.length - 1, Math.max(0, step()));
      if (event.shiftKey) {
        if (selection.selected.value.anchor === null) selection.toggle(image.id);
        selection.extend(images[to]!.id, order);
      }
      move(to);
    } else if (event.key === "x" || (event.key === " " && !(event.target as HTMLElement).closest("button"))) {
      if (event.shiftKey) selection.extend(image.id, order);
      else selection.toggle(image.id);
    } else if (event.key === "a" && (event.ctrlKey || event.metaKey)) selection.selectAll(order);
    else if (event.key === "Escape" && selected.size > 0) selection.clear();
    else if (event.key === "Delete" && selected.size > 0) onDelete();
    else if (event.key === "Enter" && selected.size > 0 && !(event.target as HTMLElement).closest("button")) {
      navigate(linkTo(image), { state: { fromList: true } });
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <div ref={list} className="grid" onKeyDown={onKeyDown} aria-label={t("gallery.label")} role="region">
      <div className="grid-canvas" style={{ blockSize: virtual.getTotalSize() }}>
        {items.map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          const style = { transform: `translateY(${item.start - margin}px)`, blockSize: row.height };
          if (row.kind === "month") {
            return (
              <h2 key={item.key} className="month-heading" style={style}>
                {format.month(row.month)}
              </h2>
            );
          }
          return (
            <ul key={item.key} className="grid-row" style={style}>
              {row.images.map((placed) => (
                <Tile
                  key={placed.image.id}
                  placed={placed}
                  height={row.height - GAP}
                  to={linkTo(placed.image)}
                  selected={selected.has(placed.image.id)}
                  selecting={selected.size > 0}
                  focusable={placed.index === Math.min(active, images.length - 1)}
                  onSelect={onSelect}
                  onFocus={setActive}
                />
              ))}
            </ul>
          );
        })}
      </div>
    </div>
  );
}

function keyOf(row: Row | undefined, index: number): string | number {
  if (!row) return index;
  return row.kind === "month" ? row.month : (row.images[0]?.image.id ?? index);
}

/** Return each image's row index. */
function indexRows(rows: readonly Row[]): number[] {
  const found: number[] = [];
  for (const [at, row] of rows.entries()) {
    if (row.kind === "images") for (const placed of row.images) found[placed.index] = at;
  }
  return found;
}

/** Return the image in the row above or below whose center is nearest. */
function findVertical(rows: readonly Row[], from: number, active: number, step: 1 | -1): number {
  const own = rows[from];
  if (own?.kind !== "images") return active;
  const current = own.images.find((placed) => placed.index === active);
  if (!current) return active;
  const center = current.left + current.width / 2;
  for (let at = from + step; at >= 0 && at < rows.length; at += step) {
    const row = rows[at];
    if (row?.kind !== "images") continue;
    const distance = (placed: PlacedImage) => Math.abs(placed.left + placed.width / 2 - center);
    return row.images.reduce((best, placed) => (distance(placed) < distance(best) ? placed : best)).index;
  }
  return active;
}

/** Focus a tile, waiting up to `frames` frames until it is rendered after scrolling. */
function focusWhenRendered(list: HTMLElement | null, index: number, frames = 20): void {
  const tile = list?.querySelector<HTMLElement>(`a[data-index="${index}"]`);
  if (tile) tile.focus({ preventScroll: true });
  else if (frames > 0) requestAnimationFrame(() => focusWhenRendered(list, index, frames - 1));
}
