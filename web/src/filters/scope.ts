import { useMemo } from "react";
import { usePathname } from "wouter/use-browser-location";
import type { ImageSummary } from "../api/types";
import { NO_FILTER, serializeFilter, type Filter } from "./filter";

/** A page that lists a part of the library, which its path names. */
export interface Scope {
  /** Path of the page; empty for that of all photos. */
  path: string;
  /** Conditions that every list of the page has. */
  fixed: Partial<Filter>;
}

const LIBRARY: Scope = { path: "", fixed: {} };

const VIEWS: readonly Scope[] = [
  { path: "/favorites", fixed: { favorite: true } },
  { path: "/archive", fixed: { archived: true } },
];

const ALBUM_PATH = /^\/albums\/([^/]+)/;

/** Return the scope of a page, or of an image that was opened from it. */
export function resolveScope(pathname: string): Scope {
  const album = ALBUM_PATH.exec(pathname)?.[1];
  if (album) return { path: `/albums/${album}`, fixed: { album } };
  return VIEWS.find(({ path }) => pathname === path || pathname.startsWith(`${path}/`)) ?? LIBRARY;
}

/** Return the path of an image that a page lists. */
export function imagePath({ path }: Scope, { id, contributor }: Pick<ImageSummary, "id" | "contributor">): string {
  // Images of others have a page without what only their owners can do.
  return `${contributor === undefined ? path : path.replace("/albums/", "/shared-albums/")}/photos/${id}`;
}

export function useScope(): Scope {
  const { path } = resolveScope(usePathname());
  return useMemo(() => resolveScope(path), [path]);
}

/** Return the filter without the conditions of the page. */
export function withoutScope(filter: Filter, { fixed }: Scope): Filter {
  const free = Object.fromEntries(Object.keys(fixed).map((key) => [key, NO_FILTER[key as keyof Filter]]));
  return { ...filter, ...free };
}

/** Return the query of the URL that adds the filter to the page. */
export function serializeWithin(filter: Filter, scope: Scope): URLSearchParams {
  return serializeFilter(withoutScope(filter, scope));
}
