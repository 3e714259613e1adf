import type { Sightline } from "sightline-client";
import { saveAs } from "../ui/save";

/** Seconds between tries where the API does not say how long to wait, and tries in all. */
const WAIT = 2;
const TRIES = 300;

/** Saves all that there is of somebody as a file of one JSON object a line. */
export async function exportAccount(api: Sightline): Promise<void> {
  const { data } = await api.GET("/v1/account/export", { parseAs: "blob" });
  saveAs(URL.createObjectURL(data as Blob), "sightline-export.ndjson");
}

/** Deletes everything, telling how many pictures are left. */
export async function eraseAccount(api: Sightline, onRemaining: (count: number) => void): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    const { data, response } = await api.DELETE("/v1/account", { params: { query: { confirm: "everything" } } });
    if (response.status === 204) return;
    if (data) onRemaining(data.remaining);
    const wait = Number(response.headers.get("Retry-After")) || WAIT;
    await new Promise((resolve) => setTimeout(resolve, wait * 1000));
  }
  throw new Error("The account is still not empty.");
}
