import { FEATURES, type Feature } from "../api/types";
import type { Config } from "../config";

const KEY = "sightline.features";

/** What to look for: as somebody chose last, or as it is usual here. */
export function readFeatures({ offered, usual }: Config["features"]): Feature[] {
  const chosen: readonly string[] = localStorage.getItem(KEY)?.split(",") ?? usual;
  const known = FEATURES.filter((feature) => chosen.includes(feature) && offered.includes(feature));
  return known.length > 0 ? known : ["labels"];
}

export function writeFeatures(features: readonly Feature[]): void {
  localStorage.setItem(KEY, features.join(","));
}
