/** Clusters of places that would overlap on the screen. */
import Supercluster from "supercluster";
import { joinBoxes, type Box } from "./box";
import { groupByName, type NamedPlace, type PlaceCount } from "./places";
import type { Position } from "./projection";
import { MAX_ZOOM, TILE_PIXELS } from "./viewport";

/** CSS pixels between the centers of clusters, at least. */
const RADIUS = 76;

/** Photos of places next to each other: a key for lists, a photo and the name of its largest city, and the box of all. */
type Description = NamedPlace;

/** A description, and its position on the map. */
export interface Cluster extends Description, Position {}

interface Properties {
  places: readonly PlaceCount[];
}

/** Finds the clusters of a part of the map at a zoom. */
export class Clusters {
  readonly #index = new Supercluster<Properties, Properties>({
    radius: RADIUS,
    extent: TILE_PIXELS,
    maxZoom: MAX_ZOOM,
    map: ({ places }) => ({ places }),
    // The array belongs to a cluster of another zoom as well.
    reduce: (sum, other) => void (sum.places = [...sum.places, ...other.places]),
  });
  /** By their places, which are the same arrays at every search. */
  readonly #described = new WeakMap<readonly PlaceCount[], Description>();

  constructor(places: readonly PlaceCount[]) {
    this.#index.load(
      places.map((place) => ({
        type: "Feature",
        geometry: { type: "Point", coordinates: [place.longitude, place.latitude] },
        properties: { places: [place] },
      })),
    );
  }

  /** Return the clusters in the box, the largest first. */
  find({ west, south, east, north }: Box, zoom: number): Cluster[] {
    const found = this.#index.getClusters([west, south, east, north], Math.floor(zoom));
    return found
      .map(({ geometry, properties: { places } }) => ({
        latitude: geometry.coordinates[1]!,
        longitude: geometry.coordinates[0]!,
        ...this.#describe(places),
      }))
      .sort((first, second) => second.images - first.images);
  }

  #describe(places: readonly PlaceCount[]): Description {
    let described = this.#described.get(places);
    if (!described) {
      const cities = groupByName(places);
      const { key, name, image_id } = cities[0]!;
      described = {
        key,
        name,
        image_id,
        images: cities.reduce((sum, { images }) => sum + images, 0),
        box: cities.map(({ box }) => box).reduce(joinBoxes),
      };
      this.#described.set(places, described);
    }
    return described;
  }
}
