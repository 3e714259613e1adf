import type { Picture, Status } from "../api/types";

/** Which pictures are meant; all of them where nothing is said. */
export interface Filter {
  labels: string[];
  without: string[];
  /** Words found in the picture. */
  text: string[];
  /** 0 to 100; of the labels asked for. */
  minConfidence: number;
  status: Status | null;
  album: string | null;
  /** A month as `2026-05`: pictures that came in it or before. */
  until: string | null;
}

export const EVERYTHING: Filter = {
  labels: [],
  without: [],
  text: [],
  minConfidence: 0,
  status: null,
  album: null,
  until: null,
};

const STATUSES: readonly string[] = ["awaiting_upload", "processing", "ready", "failed"];

/** A filter as an address says it; whatever is not understood is left out. */
export function readFilter(query: URLSearchParams, album: string | null = null): Filter {
  const status = query.get("status");
  const until = query.get("until");
  const least = Number(query.get("min") ?? 0);
  return {
    labels: unique(query.getAll("label")),
    without: unique(query.getAll("not")),
    text: unique(query.getAll("text")),
    minConfidence: least > 0 && least <= 100 ? least : 0,
    status: status && STATUSES.includes(status) ? (status as Status) : null,
    album: album ?? query.get("album"),
    until: until && /^\d{4}-\d{2}$/.test(until) ? until : null,
  };
}

export function writeFilter(filter: Filter): URLSearchParams {
  const query = new URLSearchParams();
  for (const label of filter.labels) query.append("label", label);
  for (const label of filter.without) query.append("not", label);
  for (const word of filter.text) query.append("text", word);
  if (filter.minConfidence) query.set("min", String(filter.minConfidence));
  if (filter.status) query.set("status", filter.status);
  if (filter.album) query.set("album", filter.album);
  if (filter.until) query.set("until", filter.until);
  return query;
}

/** Whether anything is left out, apart from what is in no album or too new. */
export function isNarrow(filter: Filter): boolean {
  return (
    filter.labels.length + filter.without.length + filter.text.length > 0 || filter.status !== null
  );
}

/** Whether the search has to be asked: it knows of labels to leave out, confidence and text. */
export function isSearch(filter: Filter): boolean {
  return filter.labels.length + filter.text.length > 0;
}

/** The first moment that is too new, as the API wants it. */
export function endOf(month: string): Date {
  const [year, number] = month.split("-").map(Number) as [number, number];
  return new Date(Date.UTC(year, number, 1));
}

/** What the API would say of this picture; a picture that is read in a list has no text with it. */
export function matches(filter: Filter, picture: Picture): boolean {
  const marks = new Map(picture.labels.map((mark) => [fold(mark.name), mark.confidence]));
  const bears = (label: string) =>
    (marks.get(fold(label)) ?? -1) >= (isSearch(filter) ? filter.minConfidence : 0);
  return (
    filter.labels.every(bears) &&
    !filter.without.some((label) => marks.has(fold(label))) &&
    (filter.text.length === 0 || holdsWords(filter.text, picture)) &&
    (filter.status === null || picture.status === filter.status) &&
    (filter.album === null || picture.albums.includes(filter.album)) &&
    (filter.until === null || new Date(picture.created_at) < endOf(filter.until))
  );
}

function holdsWords(words: string[], picture: Picture): boolean {
  const lines = (picture.recognition.text ?? []).map((found) => found.text);
  const found = new Set(lines.flatMap((line) => fold(line).match(/[\p{L}\p{N}]+/gu) ?? []));
  return words.every((word) => found.has(fold(word)));
}

function fold(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}

function unique(values: string[]): string[] {
  return [...new Set(values.filter(Boolean))];
}
