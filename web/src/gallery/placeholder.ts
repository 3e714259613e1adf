import { thumbHashToDataURL } from "thumbhash";

const cache = new Map<string, string>();

/** Decode a base64 ThumbHash to a data URL; returns null if there is none or it is invalid. */
export function decodePlaceholder(hash: string | null): string | null {
  if (!hash) return null;
  let url = cache.get(hash);
  if (url === undefined) {
    try {
      url = thumbHashToDataURL(Uint8Array.from(atob(hash), (letter) => letter.charCodeAt(0)));
    } catch {
      return null;
    }
    cache.set(hash, url);
  }
  return url;
}
