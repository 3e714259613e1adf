/** Downloads of originals, alone or in ZIP files. */
import type { Sightline } from "sightline-client";
import { downloadUrl } from "../ui/download";

/** Images per archive: the API's maximum. */
const ARCHIVE_SIZE = 1_000;

/** Return a URL of an original that expires, and the name of its file. */
export async function fetchOriginal(api: Sightline, id: string): Promise<{ url: string; file_name: string }> {
  return (await api.GET("/v1/images/{image_id}/original", { params: { path: { image_id: id } } })).data!;
}

export async function downloadOriginal(api: Sightline, id: string): Promise<void> {
  const { url, file_name } = await fetchOriginal(api, id);
  downloadUrl(url, file_name);
}

/** Save originals as one or more ZIP files. `onProgress` is called with the fraction that has arrived, 0 to 1. */
export async function downloadArchive(
  api: Sightline,
  ids: readonly string[],
  onProgress: (fraction: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const parts = [];
  for (let at = 0; at < ids.length; at += ARCHIVE_SIZE) {
    const { data } = await api.POST("/v1/archives", { body: { ids: ids.slice(at, at + ARCHIVE_SIZE) }, signal });
    parts.push(...data!.parts);
  }
  const total = parts.reduce((sum, part) => sum + part.bytes, 0);
  let received = 0;
  for (const [index, part] of parts.entries()) {
    const query = { part: new URL(part.url, location.href).searchParams.get("part")! };
    const { data } = await api.GET("/v1/archives/download", { params: { query }, parseAs: "stream", signal });
    const counter = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        received += chunk.byteLength;
        // A ZIP file is a little larger than its originals.
        onProgress(total > 0 ? Math.min(1, received / total) : 0);
        controller.enqueue(chunk);
      },
    });
    const stream = data as unknown as ReadableStream<Uint8Array<ArrayBuffer>>;
    // The browser moves a large blob to disk.
    const blob = await new Response(stream.pipeThrough(counter as never)).blob();
    const name = parts.length > 1 ? `sightline-${String(index + 1).padStart(3, "0")}.zip` : "sightline.zip";
    downloadUrl(URL.createObjectURL(blob), name);
  }
}
