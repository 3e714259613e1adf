import type { ImageSummary, ImageView, LinkedRendition } from "./types";

/** Minimum longest side of a preview, as at the API. */
const PREVIEW_PIXELS = 1024;

/** Return the summary of an image that a list of the API would contain. */
export function summarizeImage(image: ImageView): ImageSummary {
  const renditions = image.renditions.items.toSorted((a, b) => longestSide(a) - longestSide(b));
  const preview = renditions.find((each) => longestSide(each) >= PREVIEW_PIXELS) ?? renditions.at(-1);
  return {
    id: image.id,
    status: image.status,
    title: image.title,
    media_type: image.media_type,
    bytes: image.bytes,
    width: image.width,
    height: image.height,
    animated: image.animated,
    motion: image.motion,
    projection: image.projection,
    placeholder: image.placeholder,
    labels: image.labels,
    taken_at: image.taken_at,
    taken_at_local: image.taken_at_local,
    place: image.place,
    thumbnail: linkTo(renditions[0]),
    preview: linkTo(preview),
    albums: image.albums,
    favorite: image.favorite,
    archived: image.archived,
    rating: image.rating,
    created_at: image.created_at,
  };
}

function longestSide({ width, height }: LinkedRendition): number {
  return Math.max(width, height);
}

function linkTo(rendition: LinkedRendition | undefined): LinkedRendition | null {
  return rendition ? { url: rendition.url, width: rendition.width, height: rendition.height } : null;
}
