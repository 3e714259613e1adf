import type { Upload } from "./queue";

export interface UploadSummary {
  files: number;
  /** Uploaded, or not needed because an identical image exists. */
  done: number;
  uploaded: number;
  duplicates: number;
  failed: number;
  active: number;
  /** Waiting for the network. */
  waiting: number;
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
    uploaded: uploads.filter((upload) => upload.state === "uploaded").length,
    duplicates: uploads.filter((upload) => upload.state === "duplicate").length,
    failed: uploads.filter((upload) => upload.state === "failed" || upload.state === "missing").length,
    active: uploads.filter((upload) => ACTIVE.has(upload.state)).length,
    waiting: uploads.filter((upload) => upload.state === "waiting").length,
    progress: bytes > 0 ? sent / bytes : 0,
  };
}

/** Order of the rows: what is active, then what needs the user, then what is done. */
const ORDER: readonly Upload["state"][] = ["uploading", "hashing", "failed", "missing", "waiting", "queued", "duplicate", "uploaded"];

/** Return uploads in the order of the panel; those in the same state as they were added. */
export function sortUploads(uploads: readonly Upload[]): Upload[] {
  return uploads.toSorted((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
}
