/** Where the photos of the library were taken. */
import { queryOptions, type QueryClient } from "@tanstack/react-query";
import type { Schemas, Sightline } from "sightline-client";
import { boxAround, joinBoxes, type Box } from "./box";
import type { Position } from "./projection";

/** A cell of the API, and the photos in it. */
export type PlaceCount = Schemas["PlaceCount"];

/** Degrees from the center of a cell to its edges, as at the API. */
export const CELL_MARGIN = 0.0005;

export const PLACES = "places";

/** Photos change the map only when they are added, moved or removed: it may be a moment late. */
const STALE_MILLISECONDS = 60_000;

export interface Library {
  places: readonly PlaceCount[];
  /** Photos that were counted, and those of them without a position. */
  images: number;
  withoutPosition: number;
  /** Whether more photos are being counted. */
  isPartial: boolean;
}

/** Count the photos of the whole library by place, page by page; the cache has what is counted so far. */
export function placesQuery(api: Sightline, queries: QueryClient) {
  const queryKey = [PLACES];
  return queryOptions({
    queryKey,
    queryFn: async ({ signal }): Promise<Library> => {
      let library: Library = { places: [], images: 0, withoutPosition: 0, isPartial: true };
      for (let cursor: string | null = null; ; ) {
        const params = { query: cursor === null ? {} : { cursor } };
        const page: Schemas["PlacePage"] = (await api.GET("/v1/places", { params, signal })).data!;
        cursor = page.next_cursor;
        library = {
          places: mergePlaces([...library.places, ...page.items]),
          images: library.images + page.images,
          withoutPosition: library.withoutPosition + page.without_position,
          isPartial: cursor !== null,
        };
        if (cursor === null) return library;
        // A refetch must not empty the map in the meantime.
        if (queries.getQueryData<Library>(queryKey)?.isPartial !== false) queries.setQueryData(queryKey, library);
      }
    },
    staleTime: STALE_MILLISECONDS,
  });
}

/** Return each cell once, with all of its photos. */
export function mergePlaces(places: readonly PlaceCount[]): PlaceCount[] {
  const merged = new Map<string, PlaceCount>();
  for (const place of places) {
    const key = `${place.latitude},${place.longitude}`;
    const before = merged.get(key);
    // The first one is the newest: its photo and names stay.
    merged.set(key, before ? { ...place, ...pickNamed(before, place), images: before.images + place.images, image_id: before.image_id } : place);
  }
  return [...merged.values()];
}

function pickNamed(first: PlaceCount, second: PlaceCount) {
  const { city, region, country, country_code } = first.city ? first : second;
  return { city, region, country, country_code };
}

/** Photos of one city, of a region outside its cities, or of one cell without names. */
export interface NamedPlace {
  key: string;
  name: PlaceName;
  images: number;
  image_id: string;
  box: Box;
}

/** The names of a place, or else its position. */
export interface PlaceName extends Position {
  city: string | null;
  region: string | null;
  country: string | null;
  countryCode: string | null;
}

/** Group cells by city, and by region outside cities; those with most photos first. */
export function groupByName(places: readonly PlaceCount[]): NamedPlace[] {
  const groups = new Map<string, NamedPlace>();
  for (const place of places) {
    const { city, region, country_code, latitude, longitude } = place;
    const key = city || region ? [country_code, region, city].join("/") : `${latitude},${longitude}`;
    const box = boxAround(place, CELL_MARGIN);
    const group = groups.get(key);
    if (group) {
      group.images += place.images;
      group.box = joinBoxes(group.box, box);
    } else groups.set(key, { key, name: nameOf(place), images: place.images, image_id: place.image_id, box });
  }
  return [...groups.values()].sort((first, second) => second.images - first.images);
}

export function nameOf({ city, region, country, country_code, latitude, longitude }: PlaceCount): PlaceName {
  return {
    city: city ?? null,
    region: region ?? null,
    country: country ?? null,
    countryCode: country_code ?? null,
    latitude,
    longitude,
  };
}
