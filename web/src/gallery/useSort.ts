import { useAlbum } from "../api/albums";
import { useScope } from "../filters/scope";
import { useStore } from "../useStore";
import { sort as sortStore } from "./preferences";
import { DEFAULT_SORT, MANUAL, sortName, SORTS, type Sort } from "./sort";

/** The order of the page's list: that of its album, or else the one that this browser remembers. */
export function useSort(): Sort {
  const chosen = useStore(sortStore);
  const album = useScope().fixed.album ?? null;
  const { data } = useAlbum(album);
  if (!album) return chosen;
  return [...SORTS, MANUAL].find((each) => sortName(each) === data?.sort) ?? DEFAULT_SORT;
}
