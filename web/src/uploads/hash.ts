/** The file cannot be read any more. */
export class FileGone extends Error {
  override readonly name = "FileGone";
}

let worker: Worker | null = null;
let last = 0;
const waiting = new Map<number, (hex: string | null) => void>();

/** SHA-256 of a file in hex, computed by a worker. Throws `FileGone`. */
export async function hashFile(file: Blob): Promise<string> {
  worker ??= open();
  const id = ++last;
  const hex = await new Promise<string | null>((resolve) => {
    waiting.set(id, resolve);
    worker!.postMessage({ id, file });
  });
  if (hex === null) throw new FileGone();
  return hex;
}

function open(): Worker {
  const opened = new Worker(new URL("./hash.worker.ts", import.meta.url), { type: "module" });
  opened.onmessage = ({ data }: MessageEvent<{ id: number; hex: string | null }>) => {
    waiting.get(data.id)?.(data.hex);
    waiting.delete(data.id);
  };
  return opened;
}
