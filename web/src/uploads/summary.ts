import type { Upload } from "./queue";

export interface UploadSummary {
  files: number;
  done: number;
  failed: number;
  active: number;
  /** Fraction of all bytes that has been sent, 0 to 1. */
  progress: number;
}

const DONE = new Set(["uploaded", "duplicate"]);
const ACTIVE = new Set(["queued", "hashing", "uploading"]);

/** Count uploads by outcome and compute their combined progress in bytes. */
export function summarizeUploads(uploads: readonly Upload[]): UploadSummary {
  const present = uploads.filter((upload) => upload.state !== "missing");
  const bytes = present.reduce((sum, upload) => sum + upload.size, 0);
  const sent = present.reduce((sum, upload) => sum + upload.size * (DONE.has(upload.state) ? 1 : upload.progress), 0);
  return {
    files: uploads.length,
    done: uploads.filter((upload) => DONE.has(upload.state)).length,
    failed: uploads.filter((upload) => upload.state === "failed" || upload.state === "missing").length,
    active: uploads.filter((upload) => ACTIVE.has(upload.state)).length,
    progress: bytes > 0 ? sent / bytes : 0,
  };
}
