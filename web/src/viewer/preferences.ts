import { Store } from "../store";

const STORAGE_KEY = "sightline.details";

/** Whether the details are shown next to photos. */
export const detailsShown = new Store(localStorage.getItem(STORAGE_KEY) === "true");
detailsShown.subscribe(() => localStorage.setItem(STORAGE_KEY, String(detailsShown.value)));
