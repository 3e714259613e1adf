import { FEATURES, type Feature } from "../api/types";
import type { Config } from "../config";

const STORAGE_KEY = "sightline.features";

/** Return the features that the user chose last, or the deployment's default. */
export function readFeatures({ offered, default: defaults }: Config["features"]): Feature[] {
  const chosen: readonly string[] = localStorage.getItem(STORAGE_KEY)?.split(",") ?? defaults;
  const known = FEATURES.filter((feature) => chosen.includes(feature) && offered.includes(feature));
  return known.length > 0 ? known : ["labels"];
}

export function writeFeatures(features: readonly Feature[]): void {
  localStorage.setItem(STORAGE_KEY, features.join(","));
}
