/** How this browser shows lists of images. */
import { Store } from "../store";
import { DEFAULT_SORT, SORTS, type Sort } from "./sort";

export const DENSITIES = ["comfortable", "regular", "compact"] as const;

export type Density = (typeof DENSITIES)[number];

export const sort = persisted<Sort>("sightline.sort", SORTS, DEFAULT_SORT);
export const density = persisted<Density>("sightline.density", DENSITIES, "regular");

/** Return a store that remembers which of the choices was selected. */
function persisted<T>(key: string, choices: readonly T[], initial: T): Store<T> {
  const saved = localStorage.getItem(key);
  const store = new Store(choices.find((choice) => JSON.stringify(choice) === saved) ?? initial);
  store.subscribe(() => localStorage.setItem(key, JSON.stringify(store.value)));
  return store;
}
