import { useCallback, useMemo, useRef, useState } from "react";
import { isComplete } from "../api/images";
import { useImageList, useMonths, useTimeline } from "../api/useImages";
import type { ImageSummary } from "../api/types";
import { hasConditions, type Filter } from "../filters/filter";
import { useServices } from "../services";
import { useStore } from "../useStore";
import { monthOf, type Sort } from "./sort";

/** A month of a list. */
export interface Section {
  /** As `2026-05`. */
  month: string;
  /** All images of the month, loaded or not. */
  count: number;
  /** The loaded images, in order. */
  images: readonly ImageSummary[];
}

export interface Sections {
  sections: readonly Section[];
  /** Whether all months of the list are known, although their images may not be loaded. */
  isTimeline: boolean;
  isPending: boolean;
  error: unknown;
  refetch: () => void;
  /** Whether the sections are those of the previous filter. */
  isStale: boolean;
  /** Load the images of months of the timeline. */
  load: (months: readonly string[]) => void;
  /** Whether `loadMore` has more to load. */
  hasMore: boolean;
  isLoadingMore: boolean;
  loadMore: () => void;
}

/** Images of others in a list of own images. */
export interface Contributions extends Pick<Sections, "error" | "refetch" | "hasMore" | "isLoadingMore" | "loadMore"> {
  /** Insert them into own images. */
  merge: (own: readonly ImageSummary[]) => readonly ImageSummary[];
  isLoading: boolean;
}

/** Whether the API counts the images of the list by month. */
export function isOnTimeline(filter: Filter, sort: Sort): boolean {
  return sort.order === "taken" && !hasConditions(filter);
}

/**
 * The images of a list by month. The whole library in order of capture is loaded month by month
 * as `load` is called; every other list page by page.
 */
export function useSections(filter: Filter, sort: Sort, contributions: Contributions | null = null): Sections {
  const isTimeline = isOnTimeline(filter, sort);
  const timeline = useTimelineSections(sort, isTimeline);
  const list = useListSections(filter, sort, !isTimeline, contributions);
  return isTimeline ? timeline : list;
}

const NONE: readonly string[] = [];
const noop = () => {};

function useTimelineSections(sort: Sort, enabled: boolean): Sections {
  const timeline = useTimeline(enabled);
  const { deletions } = useServices();
  const hidden = useStore(deletions.hidden);
  const [wanted, setWanted] = useState<readonly string[]>(NONE);
  const { pages, failed } = useMonths(enabled ? wanted : NONE, sort);
  const load = useCallback(
    (months: readonly string[]) =>
      setWanted((before) => {
        const added = months.filter((month) => !before.includes(month));
        return added.length > 0 ? [...before, ...added] : before;
      }),
    [],
  );
  const stable = useStableSections();
  const sections = useMemo(() => {
    const months = timeline.data?.months ?? [];
    const ordered = sort.sort === "newest" ? months : months.toReversed();
    return stable(
      ordered.map(({ month, images: count }) => {
        const loaded = pages[month];
        const all = loaded?.pages.flatMap((page) => page.items) ?? [];
        const images = hidden.size > 0 ? all.filter((image) => !hidden.has(image.id)) : all;
        const remaining = loaded && isComplete(loaded) ? 0 : Math.max(0, count - all.length);
        return { month, images, count: images.length + remaining };
      }),
    );
  }, [timeline.data, pages, hidden, sort, stable]);
  return {
    sections,
    isTimeline: true,
    isPending: timeline.isPending,
    error: timeline.error ?? failed?.error ?? null,
    refetch: () => void (timeline.isError ? timeline.refetch() : failed?.refetch()),
    isStale: false,
    load,
    hasMore: false,
    isLoadingMore: false,
    loadMore: noop,
  };
}

function useListSections(filter: Filter, sort: Sort, enabled: boolean, contributions: Contributions | null): Sections {
  const { images, isPending, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage, isPlaceholderData } =
    useImageList(filter, sort, enabled);
  const stable = useStableSections();
  const sections = useMemo(
    () => stable(groupByMonth(contributions ? contributions.merge(images) : images, sort)),
    [images, contributions, sort, stable],
  );
  const loadMore = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
    if (contributions?.hasMore && !contributions.isLoadingMore) contributions.loadMore();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage, contributions]);
  return {
    sections,
    isTimeline: false,
    isPending: isPending || contributions?.isLoading === true,
    error: error ?? contributions?.error ?? null,
    refetch: () => {
      void refetch();
      contributions?.refetch();
    },
    isStale: isPlaceholderData,
    load: noop,
    hasMore: hasNextPage || contributions?.hasMore === true,
    isLoadingMore: isFetchingNextPage || contributions?.isLoadingMore === true,
    loadMore,
  };
}

export function groupByMonth(images: readonly ImageSummary[], sort: Sort): Section[] {
  const sections: { month: string; count: number; images: ImageSummary[] }[] = [];
  for (const image of images) {
    const month = monthOf(sort, image);
    let section = sections.at(-1);
    if (section?.month !== month) sections.push((section = { month, count: 0, images: [] }));
    section.images.push(image);
    section.count += 1;
  }
  return sections;
}

/** Keep the identity of sections that have not changed, by which their layout is cached. */
function useStableSections(): (sections: Section[]) => readonly Section[] {
  const before = useRef(new Map<string, Section>());
  return useCallback((sections) => {
    const kept = sections.map((section) => {
      const same = before.current.get(section.month);
      return same && same.count === section.count && isSame(same.images, section.images) ? same : section;
    });
    before.current = new Map(kept.map((section) => [section.month, section]));
    return kept;
  }, []);
}

function isSame(first: readonly ImageSummary[], second: readonly ImageSummary[]): boolean {
  return first.length === second.length && first.every((image, at) => image === second[at]);
}
