/**
 * Build src/map/baseMap.json: the outlines of all countries, from Natural Earth (public domain).
 *
 * The package world-atlas contains Natural Earth at 1:50 million as TopoJSON. Corners that matter
 * least are removed, and names are left out. The result is the same for the same versions.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { quantize } from "topojson-client";
import { filter, filterWeight, presimplify, quantile, simplify } from "topojson-simplify";

/** Fraction of the corners to keep. */
const KEPT = 0.35;

/** Steps of a coordinate: 0.036 degrees from west to east, 4 kilometers at the equator. */
const STEPS = 10_000;

/** Area of the smallest islands to keep, in square degrees. */
const MIN_AREA = 1e-6;

const pathOf = (name) => fileURLToPath(new URL(name, import.meta.url));

const source = JSON.parse(readFileSync(pathOf("../node_modules/world-atlas/countries-50m.json"), "utf8"));
const { countries } = source.objects;
const outlines = countries.geometries.map(({ type, arcs }) => ({ type, arcs }));
const weighted = presimplify({ ...source, objects: { countries: { ...countries, geometries: outlines } } });
const simplified = simplify(weighted, quantile(weighted, KEPT));
const kept = filter(simplified, filterWeight(simplified, MIN_AREA));
writeFileSync(pathOf("../src/map/baseMap.json"), `${JSON.stringify(quantize(kept, STEPS))}\n`);
