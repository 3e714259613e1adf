/**
 * Build src/map/baseMap.json: the outlines of all countries, from Natural Earth (public domain).
 *
 * The package world-atlas contains Natural Earth at 1:50 million as TopoJSON. Corners that matter
 * least are removed, and names are left out. The result is the same for the same versions.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { feature, quantize } from "topojson-client";
import { filter, filterWeight, presimplify, quantile, simplify } from "topojson-simplify";

/** Fraction of the corners to keep. */
const KEPT = 0.35;

/** Steps of a coordinate: 0.036 degrees from west to east, 4 kilometers at the equator. */
const STEPS = 10_000;

/** Size of the box around the smallest islands to keep, in square degrees. */
const MIN_AREA = 0.003;

const pathOf = (name) => fileURLToPath(new URL(name, import.meta.url));

/** Return the area of the box around a ring. Unlike the area of the ring, it is right around a pole. */
function boxArea(ring) {
  const [width, height] = [0, 1].map((axis) => {
    const degrees = ring.map((corner) => corner[axis]);
    return Math.max(...degrees) - Math.min(...degrees);
  });
  return width * height;
}

const source = JSON.parse(readFileSync(pathOf("../node_modules/world-atlas/countries-50m.json"), "utf8"));
const { countries } = source.objects;
const cornersOf = (ring) => feature(source, { type: "Polygon", arcs: [ring] }).geometry.coordinates[0];
// Antarctica has an outer ring without extent around its coast.
const removeEmptyRings = (rings) => rings.filter((ring) => boxArea(cornersOf(ring)) > 0);
const outlines = countries.geometries.map(({ type, arcs }) => ({
  type,
  arcs: type === "Polygon" ? removeEmptyRings(arcs) : arcs.map(removeEmptyRings),
}));
const weighted = presimplify({ ...source, objects: { countries: { ...countries, geometries: outlines } } });
const simplified = simplify(weighted, quantile(weighted, KEPT));
const kept = filter(simplified, filterWeight(simplified, MIN_AREA, boxArea));
writeFileSync(pathOf("../src/map/baseMap.json"), `${JSON.stringify(quantize(kept, STEPS))}\n`);
