import type { Upload } from "./queue";

export interface Total {
  files: number;
  done: number;
  failed: number;
  active: number;
  /** Share of all bytes that has been sent, 0 to 1. */
  progress: number;
}

const DONE = new Set(["sent", "duplicate"]);
const ACTIVE = new Set(["waiting", "hashing", "sending"]);

/** How far all of them are together, by bytes. */
export function addUp(uploads: readonly Upload[]): Total {
  const counted = uploads.filter((upload) => upload.state !== "lost");
  const bytes = counted.reduce((sum, upload) => sum + upload.size, 0);
  const sent = counted.reduce((sum, upload) => sum + upload.size * (DONE.has(upload.state) ? 1 : upload.progress), 0);
  return {
    files: uploads.length,
    done: uploads.filter((upload) => DONE.has(upload.state)).length,
    failed: uploads.filter((upload) => upload.state === "failed" || upload.state === "lost").length,
    active: uploads.filter((upload) => ACTIVE.has(upload.state)).length,
    progress: bytes > 0 ? sent / bytes : 0,
  };
}
