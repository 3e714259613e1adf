/** The file can no longer be read. */
export class FileUnavailable extends Error {
  override readonly name = "FileUnavailable";
}

let worker: Worker | null = null;
let lastId = 0;
const pending = new Map<number, (hex: string | null) => void>();

/** Compute a file's SHA-256 in a worker, as hex. Throws `FileUnavailable`. */
export async function hashFile(file: Blob): Promise<string> {
  worker ??= startWorker();
  const id = ++lastId;
  const hex = await new Promise<string | null>((resolve) => {
    pending.set(id, resolve);
    worker!.postMessage({ id, file });
  });
  if (hex === null) throw new FileUnavailable();
  return hex;
}

function startWorker(): Worker {
  const started = new Worker(new URL("./hash.worker.ts", import.meta.url), { type: "module" });
  started.onmessage = ({ data }: MessageEvent<{ id: number; hex: string | null }>) => {
    pending.get(data.id)?.(data.hex);
    pending.delete(data.id);
  };
  return started;
}
