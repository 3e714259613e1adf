import type { Picture } from "../api/types";

/** A picture's place in a row, in pixels from the row's beginning. */
export interface Place {
  picture: Picture;
  /** Of all pictures that are laid out. */
  index: number;
  left: number;
  width: number;
}

export type Row =
  | { kind: "month"; month: string; height: number }
  | { kind: "pictures"; month: string; height: number; places: Place[] };

export interface Measures {
  /** Pixels there are for a row, and the height that rows come near to. */
  width: number;
  height: number;
  gap: number;
  heading: number;
}

/** Width by height where a picture's own is not known yet, and what very long ones are shown as. */
const UNKNOWN = 4 / 3;
const WIDEST = 3;
const NARROWEST = 0.5;

/** The month that a picture came in, in the time of whoever looks, as `2026-05`. */
export function monthOf(picture: Picture): string {
  const at = new Date(picture.created_at);
  return `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, "0")}`;
}

export function ratioOf(picture: Picture): number {
  if (!picture.width || !picture.height) return UNKNOWN;
  return Math.min(WIDEST, Math.max(NARROWEST, picture.width / picture.height));
}

/** Justified rows, month by month: each row is as wide as there is room, but for the last of a month. */
export function layOut(pictures: readonly Picture[], measures: Measures): Row[] {
  const rows: Row[] = [];
  let month = "";
  let waiting: { picture: Picture; index: number }[] = [];
  let ratios = 0;

  function close(full: boolean) {
    if (waiting.length === 0) return;
    rows.push(place(waiting, ratios, month, measures, full));
    waiting = [];
    ratios = 0;
  }

  for (const [index, picture] of pictures.entries()) {
    const next = monthOf(picture);
    if (next !== month) {
      close(false);
      month = next;
      rows.push({ kind: "month", month, height: measures.heading });
    }
    waiting.push({ picture, index });
    ratios += ratioOf(picture);
    const room = measures.width - measures.gap * (waiting.length - 1);
    if (room / ratios <= measures.height) close(true);
  }
  close(false);
  return rows;
}

function place(
  waiting: { picture: Picture; index: number }[],
  ratios: number,
  month: string,
  { width, height, gap }: Measures,
  full: boolean,
): Row {
  const room = width - gap * (waiting.length - 1);
  const tall = full ? room / ratios : Math.min(height, room / ratios);
  let left = 0;
  const places = waiting.map(({ picture, index }) => {
    const at = { picture, index, left, width: tall * ratioOf(picture) };
    left += at.width + gap;
    return at;
  });
  return { kind: "pictures", month, height: tall + gap, places };
}
