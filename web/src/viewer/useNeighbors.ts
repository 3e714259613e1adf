import { useEffect, useMemo } from "react";
import { useAlbumContributions } from "../albums/contributions";
import type { ImageSummary } from "../api/types";
import { imagePath, useScope } from "../filters/scope";
import { useFilter } from "../filters/useFilter";
import { monthOf } from "../gallery/sort";
import { useSections } from "../gallery/useSections";
import { useSort } from "../gallery/useSort";
import { useCurrentLocation } from "../router";

/** Images before the end of the loaded list at which its next page is loaded. */
const PRELOAD_IMAGES = 10;

export interface Neighbors {
  /** URL of the list that the image was opened from. */
  list: string;
  previous: ImageSummary | null;
  next: ImageSummary | null;
  linkTo: (image: ImageSummary) => string;
}

/** The previous and next image in the list that this one was opened from; the URL contains its filter. */
export function useNeighbors(image: ImageSummary): Neighbors {
  const [filter] = useFilter();
  const sort = useSort();
  const { sections, load, loadMore } = useSections(filter, sort, useAlbumContributions(filter));
  const month = sections.findIndex((section) => section.month === monthOf(sort, image));
  // The neighbors of the first and the last image of a month are in other months.
  const near = sections.slice(Math.max(0, month - 1), month + 2);
  const months = month < 0 ? "" : near.map((section) => section.month).join(" ");
  useEffect(() => {
    if (months) load(months.split(" "));
  }, [months, load]);

  const images = useMemo(() => sections.flatMap((section) => section.images), [sections]);
  const at = images.findIndex(({ id }) => id === image.id);
  useEffect(() => {
    if (at >= 0 && at > images.length - PRELOAD_IMAGES) loadMore();
  }, [at, images.length, loadMore]);

  const scope = useScope();
  const { search } = useCurrentLocation();
  return {
    list: `${scope.path || "/"}${search}`,
    previous: at > 0 ? (images[at - 1] ?? null) : null,
    next: at >= 0 ? (images[at + 1] ?? null) : null,
    linkTo: (target) => `${imagePath(scope, target)}${search}`,
  };
}
