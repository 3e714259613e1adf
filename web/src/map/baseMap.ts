/** The base map that is shipped: outlines of countries. See docs/decisions/web-0004-base-map.md. */
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import url from "./baseMap.json?url";
import { project } from "./projection";

type Ring = readonly (readonly number[])[];

/** Units of a path along the width of the world: more than the steps of the outlines. */
export const PATH_UNITS = 16_384;

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
  return rings.map((ring) => `M${ring.map(drawCorner).join("L")}Z`).join("");
}

function drawCorner([longitude, latitude]: readonly number[]): string {
  const { x, y } = project({ latitude: latitude!, longitude: longitude! });
  return `${(x * PATH_UNITS).toFixed(1)},${(y * PATH_UNITS).toFixed(1)}`;
}
