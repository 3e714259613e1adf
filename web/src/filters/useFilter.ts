import { useCallback, useMemo } from "react";
import { useSearchParams } from "wouter";
import { parseFilter, serializeFilter, type Filter } from "./filter";

/** The filter in the URL and a function to change it. The URL makes it shareable and part of the history. */
export function useFilter(album: string | null = null): [Filter, (change: Partial<Filter>) => void] {
  const [query, setQuery] = useSearchParams();
  const text = query.toString();
  const filter = useMemo(() => parseFilter(new URLSearchParams(text), album), [text, album]);
  const change = useCallback(
    (part: Partial<Filter>) =>
      // The path already contains the album.
      setQuery(serializeFilter({ ...filter, ...part, ...(album ? { album: null } : {}) }), { replace: true }),
    [filter, album, setQuery],
  );
  return [filter, change];
}
