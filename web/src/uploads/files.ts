import type { MediaType } from "../api/types";

const TYPES: Record<string, MediaType> = {
  avif: "image/avif",
  bmp: "image/bmp",
  gif: "image/gif",
  heic: "image/heic",
  heif: "image/heif",
  hif: "image/heif",
  jfif: "image/jpeg",
  jpe: "image/jpeg",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  png: "image/png",
  tif: "image/tiff",
  tiff: "image/tiff",
  webp: "image/webp",
};

/** Extensions of raw files. The API knows them as TIFF, which most of them are built like. */
const RAW_EXTENSIONS = ["arw", "cr2", "cr3", "dng", "nef", "nrw", "orf", "pef", "raf", "rw2", "sr2", "srw"];
for (const extension of RAW_EXTENSIONS) TYPES[extension] = "image/tiff";

/** Extensions whose type browsers do not know. */
const UNKNOWN_EXTENSIONS = ["heic", "heif", "hif", "avif", "jfif", "jpe", ...RAW_EXTENSIONS];

/** `accept` attribute of file inputs. */
export const ACCEPT = [
  ...new Set(Object.values(TYPES)),
  ...UNKNOWN_EXTENSIONS.map((extension) => `.${extension}`),
].join(",");

/** Return a file's media type; null if it is not supported. */
export function guessType(file: { name: string; type: string }): MediaType | null {
  const known = Object.values(TYPES).find((type) => type === file.type);
  // Browsers do not report a type for every supported format.
  return known ?? TYPES[file.name.split(".").pop()?.toLowerCase() ?? ""] ?? null;
}

/** Files that operating systems create. */
const HIDDEN = /^(\.|Thumbs\.db$|desktop\.ini$)/i;

/** Return dropped files, including the contents of folders. */
export async function readDropped(transfer: DataTransfer): Promise<File[]> {
  // The browser clears the list at the first await.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return [...transfer.files];
  const files = await Promise.all(entries.map(readEntry));
  return files.flat().filter((file) => !HIDDEN.test(file.name));
}

async function readEntry(entry: FileSystemEntry): Promise<File[]> {
  if (isFile(entry)) return [await new Promise<File>((resolve, reject) => entry.file(resolve, reject))];
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: File[] = [];
  for (;;) {
    // The reader returns entries in batches; an empty batch is the end.
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (batch.length === 0) return found;
    found.push(...(await Promise.all(batch.map(readEntry))).flat());
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}
