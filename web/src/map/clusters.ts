/** Clusters of places that would overlap on the screen. */
import Supercluster from "supercluster";
import { boxAround, joinBoxes, type Box } from "./box";
import { CELL_MARGIN, nameOf, type PlaceCount, type PlaceName } from "./places";
import type { Position } from "./projection";
import { MAX_ZOOM, TILE_PIXELS } from "./viewport";

/** CSS pixels between the centers of clusters, at least. */
const RADIUS = 60;

/** Photos of places next to each other. */
export interface Cluster extends Position {
  key: string;
  images: number;
  /** A photo of its largest place. */
  image_id: string;
  /** The box of all its places. */
  box: Box;
  /** The name of its largest place. */
  name: PlaceName;
}

interface Properties {
  images: number;
  box: Box;
  largest: PlaceCount;
}

/** Finds the clusters of a part of the map at a zoom. */
export class Clusters {
  readonly #index = new Supercluster<Properties, Properties>({
    radius: RADIUS,
    extent: TILE_PIXELS,
    maxZoom: MAX_ZOOM,
    map: ({ images, box, largest }) => ({ images, box, largest }),
    reduce: (sum, other) => {
      sum.images += other.images;
      sum.box = joinBoxes(sum.box, other.box);
      if (other.largest.images > sum.largest.images) sum.largest = other.largest;
    },
  });

  constructor(places: readonly PlaceCount[]) {
    this.#index.load(
      places.map((place) => ({
        type: "Feature",
        geometry: { type: "Point", coordinates: [place.longitude, place.latitude] },
        properties: { images: place.images, box: boxAround(place, CELL_MARGIN), largest: place },
      })),
    );
  }

  /** Return the clusters in the box, the largest first. */
  find({ west, south, east, north }: Box, zoom: number): Cluster[] {
    const found = this.#index.getClusters([west, south, east, north], Math.floor(zoom));
    return found
      .map(({ geometry, properties: { images, box, largest } }) => ({
        // The same cluster keeps its element, and with it its photo, while the map moves.
        key: `${largest.latitude},${largest.longitude}`,
        latitude: geometry.coordinates[1]!,
        longitude: geometry.coordinates[0]!,
        images,
        image_id: largest.image_id,
        box,
        name: nameOf(largest),
      }))
      .sort((first, second) => second.images - first.images);
  }
}
