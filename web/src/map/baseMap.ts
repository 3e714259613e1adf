/** The base map that is shipped: outlines of countries. See docs/decisions/web-0005-base-map.md. */
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import url from "./baseMap.json?url";
import { project, type Position } from "./projection";

type Ring = readonly (readonly number[])[];

/** Units of a path along the width of the world: more than the steps of the outlines. */
export const PATH_UNITS = 16_384;

/** The part of the width of the world that an outline reaches beyond its ends. */
export const OVERHANG = 0.1;

/** Fetch the outlines of each country, as data of an SVG path in `PATH_UNITS`. */
export async function fetchBaseMap(signal?: AbortSignal): Promise<string[]> {
  const response = await fetch(url, { signal: signal ?? null });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return drawCountries((await response.json()) as Topology<{ countries: GeometryCollection }>);
}

/** Return the outlines of each country, as data of an SVG path in `PATH_UNITS`. */
export function drawCountries(topology: Topology<{ countries: GeometryCollection }>): string[] {
  return feature(topology, topology.objects.countries).features.flatMap(({ geometry }) => {
    if (geometry.type === "Polygon") return [drawRings(geometry.coordinates)];
    return geometry.type === "MultiPolygon" ? [geometry.coordinates.map(drawRings).join("")] : [];
  });
}

function drawRings(rings: readonly Ring[]): string {
  return rings.map((ring) => `M${unroll(ring).map(drawCorner).join("L")}Z`).join("");
}

/** Return the corners of a ring without a jump at the antimeridian: it may continue beyond the world. */
function unroll(ring: Ring): Position[] {
  let turns = 0;
  const corners = ring.map(([longitude, latitude], at) => {
    const step = longitude! - (ring[at - 1]?.[0] ?? longitude!);
    if (Math.abs(step) > 180) turns -= Math.sign(step);
    return { longitude: longitude! + 360 * turns, latitude: latitude! };
  });
  // Around the South Pole, the ring is closed below the world.
  if (turns !== 0) corners.push({ ...corners.at(-1)!, latitude: -90 }, { ...corners[0]!, latitude: -90 });
  const middle = corners.reduce((sum, { longitude }) => sum + longitude, 0) / corners.length;
  const shift = 360 * Math.round(middle / 360);
  return corners.map(({ longitude, latitude }) => ({ longitude: longitude - shift, latitude }));
}

function drawCorner(position: Position): string {
  const { x, y } = project(position);
  return `${(x * PATH_UNITS).toFixed(1)},${(y * PATH_UNITS).toFixed(1)}`;
}
