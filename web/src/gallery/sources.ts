import type { ImageSummary } from "../api/types";

/** Return the attributes of an `img` of a thumbnail, among which the browser chooses; null if there is none yet. */
export function sourcesOf({ thumbnail, preview }: Pick<ImageSummary, "thumbnail" | "preview">, width: number) {
  if (!thumbnail) return null;
  const renditions = preview ? [thumbnail, preview] : [thumbnail];
  return {
    sizes: `${Math.ceil(width)}px`,
    srcSet: renditions.map((each) => `${each.url} ${each.width}w`).join(", "),
    src: thumbnail.url,
  };
}
