import type { ImageView, Status } from "../api/types";

/** Conditions on a list of images; without any, all images match. */
export interface Filter {
  labels: string[];
  excludedLabels: string[];
  /** Words of the text in an image. */
  text: string[];
  /** Words in any field, as a person types them; empty for none. */
  words: string;
  /** Of the required labels, 0 to 100. */
  minConfidence: number;
  status: Status | null;
  album: string | null;
  /** West, south, east and north of the place, in degrees, as at the API. */
  box: string | null;
  /** Only favorites, of the archive too. */
  favorite: boolean;
  /** Only the archive. */
  archived: boolean;
  /** First and last day of capture on a clock at the place, as `2026-05-10`. */
  takenFrom: string | null;
  takenUntil: string | null;
}

export const NO_FILTER: Filter = {
  labels: [],
  excludedLabels: [],
  text: [],
  words: "",
  minConfidence: 0,
  status: null,
  album: null,
  box: null,
  favorite: false,
  archived: false,
  takenFrom: null,
  takenUntil: null,
};

/** First and last day that a filter may have: photography is younger. */
export const FIRST_DAY = "1800-01-01";
export const LAST_DAY = "2199-12-31";

/** Length of `words`, as at the API. */
const MAX_WORDS_LENGTH = 200;

const FLAGS = ["favorite", "archived"] as const;

const STATUSES: readonly string[] = ["awaiting_upload", "processing", "ready", "failed"];

const BOX = /^(-?\d{1,3}(\.\d{1,12})?,){3}-?\d{1,3}(\.\d{1,12})?$/;

/** Parse a filter from a URL's query, ignoring invalid values. */
export function parseFilter(query: URLSearchParams): Filter {
  const status = query.get("status");
  const minConfidence = Number(query.get("min") ?? 0);
  return {
    labels: unique(query.getAll("label")),
    excludedLabels: unique(query.getAll("not")),
    text: unique(query.getAll("text")),
    words: (query.get("q") ?? "").trim().slice(0, MAX_WORDS_LENGTH),
    minConfidence: minConfidence > 0 && minConfidence <= 100 ? minConfidence : 0,
    status: status && STATUSES.includes(status) ? (status as Status) : null,
    album: query.get("album"),
    box: query.get("bbox")?.match(BOX)?.[0] ?? null,
    takenFrom: parseDay(query.get("from")),
    takenUntil: parseDay(query.get("until")),
    ...(Object.fromEntries(FLAGS.map((flag) => [flag, query.get(flag) === "true"])) as Pick<Filter, (typeof FLAGS)[number]>),
  };
}

export function serializeFilter(filter: Filter): URLSearchParams {
  const query = new URLSearchParams();
  for (const label of filter.labels) query.append("label", label);
  for (const label of filter.excludedLabels) query.append("not", label);
  for (const word of filter.text) query.append("text", word);
  if (filter.words) query.set("q", filter.words);
  if (filter.minConfidence) query.set("min", String(filter.minConfidence));
  if (filter.status) query.set("status", filter.status);
  if (filter.album) query.set("album", filter.album);
  if (filter.box) query.set("bbox", filter.box);
  if (filter.takenFrom) query.set("from", filter.takenFrom);
  if (filter.takenUntil) query.set("until", filter.takenUntil);
  for (const flag of FLAGS) if (filter[flag]) query.set(flag, "true");
  return query;
}

/** Return a day as `2026-05-10`; null if there is no such day, or if it is far from today. */
export function parseDay(text: string | null): string | null {
  if (!text || !/^\d{4}-\d\d-\d\d$/.test(text) || text < FIRST_DAY || text > LAST_DAY) return null;
  const day = new Date(text);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text) ? text : null;
}

/** Whether an image was taken within the days of the filter. */
export function isTakenWithin({ takenFrom, takenUntil }: Filter, takenAt: string | null): boolean {
  if (!takenFrom && !takenUntil) return true;
  const day = takenAt?.slice(0, 10);
  return day !== undefined && (!takenFrom || day >= takenFrom) && (!takenUntil || day <= takenUntil);
}

/** Whether not every image matches. */
export function hasConditions(filter: Filter): boolean {
  // The confidence is one of labels.
  return serializeFilter({ ...filter, minConfidence: 0 }).size > 0;
}

/** Whether a list includes archived images, as the API does by default except for favorites. */
function includesArchive(filter: Filter): boolean {
  return filter.text.length + filter.labels.length > 0 || filter.words !== "" || filter.album !== null || filter.favorite;
}

/** Whether the API would return this image for the filter. */
export function matches(filter: Filter, image: ImageView): boolean {
  const confidences = new Map(image.labels.map((label) => [normalize(label.name), label.confidence]));
  const hasLabel = (name: string) =>
    (confidences.get(normalize(name)) ?? -1) >= filter.minConfidence;
  return (
    filter.labels.every(hasLabel) &&
    !filter.excludedLabels.some((name) => confidences.has(normalize(name))) &&
    (filter.text.length === 0 || containsWords(filter.text, image)) &&
    (filter.words === "" || containsAnywhere(filter.words, image)) &&
    (filter.status === null ? image.status !== "awaiting_upload" : image.status === filter.status) &&
    (filter.album === null || image.albums.includes(filter.album)) &&
    (filter.box === null || isWithin(filter.box, image)) &&
    isTakenWithin(filter, image.taken_at_local) &&
    (image.favorite || !filter.favorite) &&
    (image.archived ? filter.archived || includesArchive(filter) : !filter.archived)
  );
}

function isWithin(box: string, { place }: ImageView): boolean {
  const [west, south, east, north] = box.split(",").map(Number) as [number, number, number, number];
  if (!place || place.latitude < south || place.latitude > north) return false;
  // A west greater than the east crosses the antimeridian.
  const [afterWest, beforeEast] = [place.longitude >= west, place.longitude <= east];
  return west <= east ? afterWest && beforeEast : afterWest || beforeEast;
}

function containsWords(words: string[], image: ImageView): boolean {
  const place = image.place;
  const texts = (image.recognition.text ?? []).map((found) => found.text);
  for (const name of [place?.district, place?.city, place?.region, place?.country]) {
    if (name) texts.push(name, removeAccents(name));
  }
  const found = new Set(texts.flatMap(splitWords));
  const compounds = [...found].filter((word) => /\p{Script=Han}/u.test(word));
  return words
    .flatMap(splitWords)
    .every((word) => found.has(word) || compounds.some((compound) => compound.includes(word)));
}

/**
 * Whether the fields of an image together have all words; the last one may be the start of a word.
 * Unlike the API, this knows no synonyms of labels.
 */
function containsAnywhere(words: string, image: ImageView): boolean {
  const { title, description, capture, place, labels, recognition } = image;
  const texts = [
    title,
    description,
    capture?.camera,
    capture?.lens,
    place?.district,
    place?.city,
    place?.region,
    place?.country,
    ...labels.map(({ name }) => name),
    ...(recognition.text ?? []).map((found) => found.text),
  ];
  const found = new Set(texts.flatMap((text) => (text ? splitWords(removeAccents(text)) : [])));
  const wanted = splitWords(removeAccents(words));
  const [last] = wanted.splice(-1);
  return wanted.every((word) => found.has(word)) && (last === undefined || [...found].some((word) => word.startsWith(last)));
}

/** Return the word at the end of a text, as the API's index has it; empty if the text ends otherwise. */
export function lastWord(text: string): string {
  const folded = removeAccents(text);
  const word = splitWords(folded).at(-1) ?? "";
  return normalize(folded).endsWith(word) ? word : "";
}

function removeAccents(text: string): string {
  return text.normalize("NFD").replace(/\p{Mn}/gu, "");
}

const segmenter = new Intl.Segmenter("en", { granularity: "word" });

/** Return the words of a text, as the API cuts them. */
function splitWords(text: string): string[] {
  const segments = [...segmenter.segment(normalize(text))].map(({ segment }) => segment);
  return segments.flatMap((segment) => segment.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []);
}

function normalize(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\u2018\u2019\u02bc]/gu, "'")
    .replace(/[\p{Cf}\ufe0e\ufe0f]/gu, "")
    .normalize("NFKC");
}

function unique(values: string[]): string[] {
  return [...new Set(values.filter(Boolean))];
}
