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
import type { Picture } from "../api/types";
import { useFormat } from "../i18n/format";
import { useStore } from "../store";
import { layOut, type Place, type Row } from "./layout";
import type { Selection } from "./selection";
import { Tile } from "./Tile";
import { useWidth } from "./useWidth";

export interface GridHandle {
  /** Answers whether the month is among the pictures that are here. */
  scrollTo(month: string): boolean;
}

interface Props {
  pictures: readonly Picture[];
  selection: Selection;
  linkTo: (picture: Picture) => string;
  /** The last row is near. */
  onEnd: () => void;
  onMonth: (month: string) => void;
  onDelete: () => void;
  handle: Ref<GridHandle>;
}

/** Rows that are drawn beyond the screen, and before whose end more are asked for. */
const OVERSCAN = 4;
const AHEAD = 12;

const GAP = 6;
const HEADING = 56;

export function Grid({ pictures, selection, linkTo, onEnd, onMonth, onDelete, handle }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const list = useRef<HTMLDivElement>(null);
  const width = useWidth(list);
  const [active, setActive] = useState(0);
  const { ids: selected } = useStore(selection.selected);
  const order = useMemo(() => pictures.map((picture) => picture.id), [pictures]);
  const rows = useMemo(
    () => (width > 0 ? layOut(pictures, { width, height: width < 600 ? 130 : 220, gap: GAP, heading: HEADING }) : []),
    [pictures, width],
  );
  const rowOf = useMemo(() => indexRows(rows), [rows]);

  const [margin, setMargin] = useState(0);
  // What is above the grid changes height, with a filter's chips for example.
  useLayoutEffect(() => {
    const top = Math.round((list.current?.getBoundingClientRect().top ?? 0) + scrollY);
    if (top !== margin) setMargin(top);
  });
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: (index) => rows[index]?.height ?? 0,
    getItemKey: (index) => keyOf(rows[index], index),
    overscan: OVERSCAN,
    scrollMargin: margin,
    scrollPaddingStart: 72,
  });
  useLayoutEffect(() => virtual.measure(), [virtual, rows]);

  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  const near = rows.length > 0 && last >= rows.length - AHEAD;
  useEffect(() => {
    if (near) onEnd();
  }, [near, onEnd, rows.length]);
  const month = rows[virtual.range?.startIndex ?? 0]?.month ?? "";
  useEffect(() => onMonth(month), [month, onMonth]);

  useImperativeHandle(handle, () => ({
    scrollTo(wanted) {
      const at = rows.findIndex((row) => row.kind === "month" && row.month === wanted);
      if (at >= 0) virtual.scrollToIndex(at, { align: "start" });
      return at >= 0;
    },
  }));

  const onPick = useCallback(
    (place: Place, event: MouseEvent | ReactKeyboardEvent) => {
      if (event.shiftKey) selection.extend(place.picture.id, order);
      else selection.toggle(place.picture.id);
    },
    [selection, order],
  );

  function move(to: number) {
    const next = Math.min(pictures.length - 1, Math.max(0, to));
    setActive(next);
    virtual.scrollToIndex(rowOf[next] ?? 0, { align: "auto" });
    focusWhenThere(list.current, next);
  }

  function press(event: ReactKeyboardEvent) {
    const picture = pictures[active];
    if (!picture) return;
    const rtl = getComputedStyle(event.currentTarget).direction === "rtl";
    const steps: Record<string, () => number> = {
      ArrowRight: () => active + (rtl ? -1 : 1),
      ArrowLeft: () => active + (rtl ? 1 : -1),
      ArrowDown: () => findBeside(rows, rowOf[active] ?? 0, active, 1),
      ArrowUp: () => findBeside(rows, rowOf[active] ?? 0, active, -1),
      Home: () => 0,
      End: () => pictures.length - 1,
    };
    const step = steps[event.key];
    if (step) {
      const to = Math.min(pictures.length - 1, Math.max(0, step()));
      if (event.shiftKey) {
        if (selection.selected.value.anchor === null) selection.toggle(picture.id);
        selection.extend(pictures[to]!.id, order);
      }
      move(to);
    } else if (event.key === "x" || (event.key === " " && !(event.target as HTMLElement).closest("button"))) {
      if (event.shiftKey) selection.extend(picture.id, order);
      else selection.toggle(picture.id);
    } else if (event.key === "a" && (event.ctrlKey || event.metaKey)) selection.all(order);
    else if (event.key === "Escape" && selected.size > 0) selection.clear();
    else if (event.key === "Delete" && selected.size > 0) onDelete();
    else if (event.key === "Enter" && selected.size > 0 && !(event.target as HTMLElement).closest("button")) {
      navigate(linkTo(picture), { state: { fromList: true } });
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <div ref={list} className="grid" onKeyDown={press} aria-label={t("gallery.label")} role="region">
      <div className="grid-room" style={{ blockSize: virtual.getTotalSize() }}>
        {shown.map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          const style = { transform: `translateY(${item.start - margin}px)`, blockSize: row.height };
          if (row.kind === "month") {
            return (
              <h2 key={item.key} className="month" style={style}>
                {format.month(row.month)}
              </h2>
            );
          }
          return (
            <ul key={item.key} className="grid-row" style={style}>
              {row.places.map((place) => (
                <Tile
                  key={place.picture.id}
                  place={place}
                  height={row.height - GAP}
                  to={linkTo(place.picture)}
                  selected={selected.has(place.picture.id)}
                  selecting={selected.size > 0}
                  reachable={place.index === Math.min(active, pictures.length - 1)}
                  onPick={onPick}
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
  return row.kind === "month" ? row.month : (row.places[0]?.picture.id ?? index);
}

/** The row of each picture. */
function indexRows(rows: readonly Row[]): number[] {
  const found: number[] = [];
  for (const [at, row] of rows.entries()) {
    if (row.kind === "pictures") for (const place of row.places) found[place.index] = at;
  }
  return found;
}

/** The picture above or below: whose middle is nearest. */
function findBeside(rows: readonly Row[], from: number, active: number, step: 1 | -1): number {
  const own = rows[from];
  if (own?.kind !== "pictures") return active;
  const here = own.places.find((place) => place.index === active);
  if (!here) return active;
  const middle = here.left + here.width / 2;
  for (let at = from + step; at >= 0 && at < rows.length; at += step) {
    const row = rows[at];
    if (row?.kind !== "pictures") continue;
    const distance = (place: Place) => Math.abs(place.left + place.width / 2 - middle);
    return row.places.reduce((best, place) => (distance(place) < distance(best) ? place : best)).index;
  }
  return active;
}

/** A row that has only just been scrolled to is drawn a little later. */
function focusWhenThere(list: HTMLElement | null, index: number, tries = 20): void {
  const tile = list?.querySelector<HTMLElement>(`a[data-index="${index}"]`);
  if (tile) tile.focus({ preventScroll: true });
  else if (tries > 0) requestAnimationFrame(() => focusWhenThere(list, index, tries - 1));
}
