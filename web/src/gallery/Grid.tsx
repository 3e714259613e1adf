import { useEffect, useImperativeHandle, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type Ref } from "react";
import { useTranslation } from "react-i18next";
import { navigate } from "wouter/use-browser-location";
import type { ImageSummary } from "../api/types";
import { useStore } from "../useStore";
import { findImage } from "./anchor";
import { rememberFrame } from "./firstPaint";
import { DayHeadings, MonthHeading, type HeadingActions } from "./Headings";
import { createLayouter, findRow, layoutOptions, type Extent, type Layout, type PlacedImage, type Row } from "./layout";
import { density as densityStore } from "./preferences";
import type { Selection } from "./selection";
import type { Sort } from "./sort";
import { Tile, type TileActions } from "./Tile";
import { useAnchor } from "./useAnchor";
import { useMarquee } from "./useMarquee";
import type { Section } from "./useSections";
import { useVisibleRows } from "./useVisibleRows";
import { useWidth } from "./useWidth";

export interface GridHandle {
  /** Scroll to the start of a month. */
  scrollTo(month: string): void;
}

interface Props {
  sections: readonly Section[];
  sort: Sort;
  /** Identifies the list, to restore its position. */
  list: string;
  selection: Selection;
  linkTo: (image: ImageSummary) => string;
  /** Called with months whose images are near the screen but not loaded. */
  onLoad: (months: readonly string[]) => void;
  /** Called when the last row is near. */
  onEnd: () => void;
  onSelectMonth: (month: string) => unknown;
  /** Called with the months of the grid and the one at the top of the screen. */
  onMonths: (months: readonly Extent[], current: string) => void;
  onFavorite: (id: string, favorite: boolean) => void;
  onDelete: () => void;
  handle: Ref<GridHandle>;
}

/** Rows before the end at which the next page is loaded. */
const PRELOAD_ROWS = 12;

/** Time for which the screen must stay in a month before it is loaded: a drag to the end passes many. */
const LOAD_DELAY_MILLISECONDS = 80;

export function Grid({ sections, sort, list, selection, linkTo, onLoad, onEnd, onSelectMonth, onMonths, onFavorite, onDelete, handle }: Props) {
  const { t } = useTranslation();
  const element = useRef<HTMLDivElement>(null);
  const width = useWidth(element);
  const density = useStore(densityStore);
  const [active, setActive] = useState("");
  const { ids: selected } = useStore(selection.selected);
  const order = useMemo(() => sections.flatMap((section) => section.images.map((image) => image.id)), [sections]);
  const options = useMemo(() => layoutOptions(width, density, sort), [width, density, sort]);
  const layouter = useMemo(() => createLayouter(options), [options]);
  const layout = useMemo(() => layouter(width > 0 ? sections : []), [layouter, sections, width]);
  const { rows, tops, months } = layout;

  const offset = useOffset(element);
  useRememberedFrame(element, width, offset);
  const visible = useVisibleRows(layout, offset);
  useAnchor(layout, offset, list);
  const marquee = useMarquee(element, layout, selection);

  const shown = rows.slice(visible.first, visible.last + 1);
  const missing = [...new Set(shown.filter((row) => row.kind === "placeholder").map((row) => row.month))].join(" ");
  useEffect(() => {
    if (!missing) return;
    const timer = setTimeout(() => onLoad(missing.split(" ")), LOAD_DELAY_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [missing, onLoad]);
  // A page may have no image at all and be continued.
  const nearEnd = width > 0 && visible.last >= rows.length - PRELOAD_ROWS;
  useEffect(() => {
    if (nearEnd) onEnd();
  }, [nearEnd, onEnd, rows.length]);
  const month = rows[visible.current]?.month ?? "";
  useEffect(() => onMonths(months, month), [months, month, onMonths]);

  useImperativeHandle(handle, () => ({
    scrollTo(wanted) {
      const extent = months.find((each) => each.month === wanted);
      if (extent) scrollTo(0, extent === months[0] ? 0 : extent.top + offset);
    },
  }));

  const latest = useRef({ order, active });
  latest.current = { order, active };
  const actions: TileActions & HeadingActions = useMemo(
    () => ({
      onSelect(id, event) {
        if (event.shiftKey) selection.extend(id, latest.current.order);
        else selection.toggle(id);
      },
      onSelectDay: (ids) => selection.toggleAll(ids),
      onSelectMonth,
      onFocus: setActive,
      onFavorite,
    }),
    [selection, onSelectMonth, onFavorite],
  );

  function move(to: string) {
    setActive(to);
    scrollIntoView(layout, to, offset);
    focusWhenRendered(element.current, to);
  }

  function onKeyDown(event: KeyboardEvent) {
    const onTile = (event.target as HTMLElement).closest(".tile a") !== null;
    const at = order.indexOf(active);
    const image = order[at];
    if (image === undefined) return;
    const rtl = getComputedStyle(event.currentTarget).direction === "rtl";
    const steps: Record<string, () => string | undefined> = {
      ArrowRight: () => order[at + (rtl ? -1 : 1)],
      ArrowLeft: () => order[at + (rtl ? 1 : -1)],
      ArrowDown: () => findVertical(layout, active, 1),
      ArrowUp: () => findVertical(layout, active, -1),
      Home: () => order[0],
      End: () => order.at(-1),
    };
    const step = steps[event.key];
    if (step) {
      const to = step() ?? image;
      if (event.shiftKey) {
        if (selection.selected.value.anchor === null) selection.toggle(image);
        selection.extend(to, order);
      }
      move(to);
    } else if ((event.key === "x" || event.key === " ") && onTile) {
      if (event.shiftKey) selection.extend(image, order);
      else selection.toggle(image);
    } else if (event.key === "a" && (event.ctrlKey || event.metaKey)) selection.selectAll(order);
    else if (event.key === "Escape" && selected.size > 0) selection.clear();
    else if (event.key === "Delete" && selected.size > 0) onDelete();
    else if (event.key === "Enter" && selected.size > 0 && onTile) {
      navigate((event.target as HTMLAnchorElement).pathname + location.search, { state: { fromList: true } });
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  const tabStop = useMemo(() => findTabStop(rows.slice(visible.first, visible.last + 1), active), [rows, visible, active]);
  return (
    <div ref={element} className="grid" onKeyDown={onKeyDown} {...marquee.handlers} aria-label={t("gallery.label")} role="region">
      <div className="grid-canvas" style={{ blockSize: tops.at(-1) }}>
        {shown.map((row, index) => {
          const style = { transform: `translateY(${tops[visible.first + index]}px)`, blockSize: row.height };
          const key = keyOf(row);
          switch (row.kind) {
            case "month":
              return <MonthHeading key={key} row={row} style={style} selected={selected} layout={layout} actions={actions} />;
            case "days":
              return <DayHeadings key={key} days={row.days} style={style} selected={selected} actions={actions} />;
            case "placeholder":
              return <div key={key} className="grid-placeholder" style={{ ...style, backgroundSize: `${options.height * 1.4}px ${options.height + options.gap}px` }} />;
            case "images":
              return (
                <ul key={key} className="grid-row" style={style}>
                  {row.images.map((placed) => (
                    <Tile
                      key={placed.image.id}
                      placed={placed}
                      height={row.height - options.gap}
                      to={linkTo(placed.image)}
                      selected={selected.has(placed.image.id)}
                      selecting={selected.size > 0}
                      focusable={placed.image.id === tabStop}
                      actions={actions}
                    />
                  ))}
                </ul>
              );
          }
        })}
        {marquee.box && <div className="marquee" style={marquee.box} />}
      </div>
    </div>
  );
}

/** Return the scroll position at which the grid is at the top of the screen, below the header. */
function useOffset(element: { current: HTMLElement | null }): number {
  const [offset, setOffset] = useState(0);
  // Content above the grid changes height, for example the filter chips.
  useLayoutEffect(() => {
    const header = Number.parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--header-height")) || 0;
    const next = Math.round((element.current?.getBoundingClientRect().top ?? 0) + scrollY - header);
    if (next !== offset) setOffset(next);
  });
  return offset;
}

/** Remember where the grid of the first page is. */
function useRememberedFrame(element: { current: HTMLElement | null }, width: number, offset: number): void {
  useEffect(() => {
    if (!element.current || width === 0 || location.pathname !== "/" || location.search) return;
    const { left, top } = element.current.getBoundingClientRect();
    rememberFrame({ left, top: top + scrollY, width, direction: getComputedStyle(element.current).direction });
  }, [element, width, offset]);
}

function keyOf(row: Row): string {
  switch (row.kind) {
    case "month":
      return row.month;
    case "days":
      return row.days[0]!.day;
    case "placeholder":
      return `${row.month} placeholder`;
    case "images":
      return row.images[0]!.image.id;
  }
}

/** Return the image that takes part in the tab order: the active one, or the first that is rendered. */
function findTabStop(shown: readonly Row[], active: string): string {
  const ids = shown.flatMap((row) => (row.kind === "images" ? row.images.map(({ image }) => image.id) : []));
  return ids.includes(active) ? active : (ids[0] ?? "");
}

/** Return the image in the row above or below whose center is nearest. */
function findVertical(layout: Layout, active: string, step: 1 | -1): string | undefined {
  const from = findImage(layout, active);
  const own = layout.rows[from];
  if (own?.kind !== "images") return undefined;
  const current = own.images.find(({ image }) => image.id === active)!;
  const center = current.left + current.width / 2;
  for (let at = from + step; at >= 0 && at < layout.rows.length; at += step) {
    const row = layout.rows[at];
    if (row?.kind !== "images") continue;
    const distance = (placed: PlacedImage) => Math.abs(placed.left + placed.width / 2 - center);
    return row.images.reduce((best, placed) => (distance(placed) < distance(best) ? placed : best)).image.id;
  }
  return undefined;
}

/** Scroll as little as is needed to show the row of an image. */
function scrollIntoView(layout: Layout, id: string, offset: number): void {
  const at = findImage(layout, id);
  if (at < 0) return;
  const heading = findRow(layout, layout.tops[at]! - 1);
  const top = layout.tops[layout.rows[heading]?.kind === "days" ? heading : at]! + offset;
  const bottom = layout.tops[at + 1]! + offset - innerHeight + BARS_PIXELS;
  if (top < scrollY) scrollTo(0, top);
  else if (bottom > scrollY) scrollTo(0, bottom);
}

/** Room for the header and the bars at the end of the screen, in pixels. */
const BARS_PIXELS = 200;

/** Focus a tile, waiting up to `frames` frames until it is rendered after scrolling. */
function focusWhenRendered(grid: HTMLElement | null, id: string, frames = 20): void {
  const tile = grid?.querySelector<HTMLElement>(`a[data-id="${id}"]`);
  if (tile) tile.focus({ preventScroll: true });
  else if (frames > 0) requestAnimationFrame(() => focusWhenRendered(grid, id, frames - 1));
}
