import type { Schemas } from "sightline-client";
import type { ImageSummary } from "../api/types";

/** The order of a list, as the API's parameters `order` and `sort`. */
export interface Sort {
  order: Schemas["ListOrder"];
  sort: Schemas["SortOrder"];
}

export const SORTS: readonly Sort[] = [
  { order: "taken", sort: "newest" },
  { order: "taken", sort: "oldest" },
  { order: "uploaded", sort: "newest" },
  { order: "uploaded", sort: "oldest" },
];

export const DEFAULT_SORT = SORTS[0]!;

/** The order in which the owner arranged an album. Its list has no days and no months. */
export const MANUAL: Sort = { order: "manual", sort: "newest" };

/** Return the name of an order, as albums have it. */
export function sortName({ order, sort }: Sort): Schemas["AlbumSort"] {
  return order === "manual" ? order : `${order}_${sort}`;
}

type Dated = Pick<ImageSummary, "id" | "created_at" | "taken_at_local">;

/** Return the time that orders an image by capture: on a clock at the place, or else of its upload in UTC. */
export function takenTime({ taken_at_local, created_at }: Dated): string {
  return taken_at_local ?? new Date(created_at).toISOString().slice(0, -1);
}

/** Compare two images by their position in a list: negative if the first comes first, 0 if they do not determine it. */
export function compareImages({ order, sort }: Sort, first: Dated, second: Dated): number {
  if (order === "manual") return 0;
  // Ids sort by creation time.
  const keys = [first, second].map((image) => (order === "taken" ? `${takenTime(image)} ${image.id}` : image.id));
  const ascending = keys[0]! < keys[1]! ? -1 : keys[0]! > keys[1]! ? 1 : 0;
  return sort === "newest" ? -ascending : ascending;
}

/**
 * Return the day under which a list shows an image, as `2026-05-10`; empty in the manual order. Days of upload are in
 * the user's time zone.
 */
export function dayOf({ order }: Sort, image: Dated): string {
  if (order === "manual") return "";
  if (order === "taken") return takenTime(image).slice(0, 10);
  const created = new Date(image.created_at);
  const [month, day] = [created.getMonth() + 1, created.getDate()].map((value) => String(value).padStart(2, "0"));
  return `${created.getFullYear()}-${month}-${day}`;
}

/** Return the month of `dayOf`, as `2026-05`; empty in the manual order. */
export function monthOf(sort: Sort, image: Dated): string {
  return dayOf(sort, image).slice(0, 7);
}
