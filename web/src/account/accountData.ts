import type { Sightline } from "sightline-client";
import { downloadUrl } from "../ui/download";

/** Delay before the next request if the API sends no `Retry-After`. */
const RETRY_SECONDS = 2;

const MAX_REQUESTS = 300;

/** Download all of the user's data as newline-delimited JSON. */
export async function exportAccountData(api: Sightline): Promise<void> {
  const { data } = await api.GET("/v1/account/export", { parseAs: "blob" });
  downloadUrl(URL.createObjectURL(data as Blob), "sightline-export.ndjson");
}

/** Delete all of the user's data, reporting how many images remain. */
export async function deleteAccountData(api: Sightline, onRemaining: (count: number) => void): Promise<void> {
  for (let requests = 0; requests < MAX_REQUESTS; requests++) {
    const { data, response } = await api.DELETE("/v1/account", { params: { query: { confirm: "everything" } } });
    if (response.status === 204) return;
    if (data) onRemaining(data.remaining);
    const seconds = Number(response.headers.get("Retry-After")) || RETRY_SECONDS;
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  }
  throw new Error("The account still contains data.");
}
