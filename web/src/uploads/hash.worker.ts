/** Computes the SHA-256 of files off the main thread. */
const scope = self as unknown as DedicatedWorkerGlobalScope;

scope.onmessage = async ({ data: { id, file } }: MessageEvent<{ id: number; file: Blob }>) => {
  try {
    const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
    scope.postMessage({ id, hex });
  } catch {
    // The file was moved or changed after it was chosen.
    scope.postMessage({ id, hex: null });
  }
};
