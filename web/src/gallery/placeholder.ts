import { thumbHashToDataURL } from "thumbhash";

const drawn = new Map<string, string>();

/** A blurred picture of a few bytes, as an address; null where there is none, or none that is one. */
export function drawPlaceholder(hash: string | null): string | null {
  if (!hash) return null;
  let url = drawn.get(hash);
  if (url === undefined) {
    try {
      url = thumbHashToDataURL(Uint8Array.from(atob(hash), (letter) => letter.charCodeAt(0)));
    } catch {
      return null;
    }
    drawn.set(hash, url);
  }
  return url;
}
