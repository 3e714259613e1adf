/** Boxes between two meridians and two parallels, as the parameter `bbox` of the API. */
import type { Position } from "./projection";

/** Degrees. A west greater than the east crosses the antimeridian. */
export interface Box {
  west: number;
  south: number;
  east: number;
  north: number;
}

/** Decimals of a degree in a URL: 11 meters. */
const DECIMALS = 4;

/** Return the four numbers of `bbox`, without zeros at their ends. */
export function formatBox({ west, south, east, north }: Box): string {
  return [west, south, east, north].map((degrees) => String(Number(degrees.toFixed(DECIMALS)) + 0)).join(",");
}

/** Return the box of a position and the cell around it. */
export function boxAround({ latitude, longitude }: Position, margin: number): Box {
  return {
    west: Math.max(-180, longitude - margin),
    south: Math.max(-90, latitude - margin),
    east: Math.min(180, longitude + margin),
    north: Math.min(90, latitude + margin),
  };
}

/** Return the smallest box with both, neither of which crosses the antimeridian. */
export function joinBoxes(first: Box, second: Box): Box {
  return {
    west: Math.min(first.west, second.west),
    south: Math.min(first.south, second.south),
    east: Math.max(first.east, second.east),
    north: Math.max(first.north, second.north),
  };
}

/** Whether the position is in the box or on its edge. */
export function containsPosition({ west, south, east, north }: Box, { latitude, longitude }: Position): boolean {
  if (latitude < south || latitude > north) return false;
  return west <= east ? longitude >= west && longitude <= east : longitude >= west || longitude <= east;
}
