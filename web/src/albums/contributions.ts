/** Images that members added to an album of the user, among the user's own. */
import { useMemo } from "react";
import type { Schemas } from "sightline-client";
import { memberEmail, useMembers } from "../api/members";
import { useSharedAlbum } from "../api/sharedAlbum";
import type { ImageSummary } from "../api/types";
import { hasConditions, type Filter } from "../filters/filter";
import { sortName, takenTime } from "../gallery/sort";
import type { Contributions } from "../gallery/useSections";
import { useSort } from "../gallery/useSort";
import { useSharedImages } from "../public/publicApi";

type AlbumImage = Schemas["AlbumImageSummary"];

/** Return what members added to the album of a filter; null if there is none, or if other conditions select own images only. */
export function useAlbumContributions(filter: Filter): Contributions | null {
  const { album } = filter;
  const isWhole = album !== null && !hasConditions({ ...filter, album: null });
  const members = useMembers(album ?? "", isWhole);
  const emails = useMemo(() => new Map(members.data?.map((member) => [member.id, memberEmail(member)])), [members.data]);
  const isShared = isWhole && emails.size > 0;
  const list = useSharedImages(useSharedAlbum({ id: album ?? "", role: "owner", sort: sortName(useSort()) }), isShared);
  const { images, hasNextPage, isFetchingNextPage, fetchNextPage } = list;
  return useMemo(
    () =>
      isWhole
        ? {
            merge: isShared ? (own) => mergeContributions(own, images, hasNextPage, emails) : (own) => own,
            isLoading: members.isLoading || list.isLoading,
            error: list.error,
            refetch: () => void list.refetch(),
            hasMore: hasNextPage,
            isLoadingMore: isFetchingNextPage,
            loadMore: () => void fetchNextPage(),
          }
        : null,
    [isWhole, isShared, images, hasNextPage, emails, members.isLoading, list.isLoading, list.error, list.refetch, isFetchingNextPage, fetchNextPage],
  );
}

/**
 * Return own images with those of members between them, in the order of the album. Own images behind the last one
 * that is listed wait for the next page of the list.
 */
export function mergeContributions(
  own: readonly ImageSummary[],
  listed: readonly AlbumImage[],
  hasMore: boolean,
  emails: ReadonlyMap<string, string>,
): ImageSummary[] {
  const present = new Set(own.map(({ id }) => id));
  const start: ImageSummary[] = [];
  const following = new Map<string, ImageSummary[]>();
  let current = start;
  let last = "";
  for (const image of listed) {
    if (!image.own) current.push(summarizeContribution(image, emails.get(image.contributor_id ?? "") ?? ""));
    else if (present.has(image.id)) following.set((last = image.id), (current = []));
  }
  const end = hasMore ? own.findIndex(({ id }) => id === last) + 1 : own.length;
  return fillTimes([...start, ...own.slice(0, end).flatMap((image) => [image, ...(following.get(image.id) ?? [])])]);
}

/** Put images of members under the day of the image before them if their time of capture is hidden. */
function fillTimes(images: readonly ImageSummary[]): ImageSummary[] {
  const isHidden = ({ contributor, taken_at_local }: ImageSummary) => contributor !== undefined && taken_at_local === null;
  const first = images.find((image) => !isHidden(image));
  let time = first ? takenTime(first) : null;
  return images.map((image) => {
    if (isHidden(image)) return { ...image, taken_at_local: time };
    time = takenTime(image);
    return image;
  });
}

/** Return the image with nothing that only its owner has. */
function summarizeContribution({ own: _, contributor_id: __, ...image }: AlbumImage, contributor: string): ImageSummary {
  return {
    ...image,
    contributor,
    created_at: createdAt(image.id),
    media_type: "",
    bytes: 0,
    labels: [],
    taken_at: null,
    place: null,
    motion: null,
    albums: [],
    favorite: false,
    archived: false,
    rating: 0,
    matches: [],
  };
}

/** Return the time in the id of an image (UUIDv7). */
function createdAt(id: string): string {
  return new Date(Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16)).toISOString();
}
