import type { MediaType } from "../api/types";

const TYPES: Record<string, MediaType> = {
  avif: "image/avif",
  bmp: "image/bmp",
  gif: "image/gif",
  heic: "image/heic",
  heif: "image/heif",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  png: "image/png",
  tif: "image/tiff",
  tiff: "image/tiff",
  webp: "image/webp",
};

/** For a file chooser. */
export const ACCEPT = [...new Set(Object.values(TYPES)), ".heic", ".heif", ".avif"].join(",");

/** As what to announce a file; null where it is no picture of a kind that is taken. */
export function guessType(file: { name: string; type: string }): MediaType | null {
  const known = Object.values(TYPES).find((type) => type === file.type);
  // Browsers do not know all of them by themselves.
  return known ?? TYPES[file.name.split(".").pop()?.toLowerCase() ?? ""] ?? null;
}

/** What a system puts beside people's files. */
const HIDDEN = /^(\.|Thumbs\.db$|desktop\.ini$)/i;

/** The files of something dropped, folders with all that is in them. */
export async function readDropped(transfer: DataTransfer): Promise<File[]> {
  // The list is empty as soon as anything is awaited.
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
    // A folder is told in portions; an empty one is the end.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return found;
    found.push(...(await Promise.all(some.map(readEntry))).flat());
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}
