/** Web Mercator: the world is the unit square, from west to east and from north to south. */

/** A point of the world. `x` wraps around at 1. */
export interface WorldPoint {
  x: number;
  y: number;
}

/** Degrees north and east (WGS 84). */
export interface Position {
  latitude: number;
  longitude: number;
}

/** The latitude at which the world is a square. */
export const MAX_LATITUDE = 85.0511287798;

const RADIANS = Math.PI / 180;

export function project({ latitude, longitude }: Position): WorldPoint {
  const sine = Math.sin(Math.max(-MAX_LATITUDE, Math.min(MAX_LATITUDE, latitude)) * RADIANS);
  return { x: longitude / 360 + 0.5, y: 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI) };
}

/** Return the position of a point, whose `x` may be beyond the world. */
export function unproject({ x, y }: WorldPoint): Position {
  const latitude = (2 * Math.atan(Math.exp((1 - 2 * y) * Math.PI)) - Math.PI / 2) / RADIANS;
  return { latitude, longitude: (wrap(x) - 0.5) * 360 };
}

/** Return `x` as it is in the first world, from 0 up to 1. */
export function wrap(x: number): number {
  return x - Math.floor(x);
}
