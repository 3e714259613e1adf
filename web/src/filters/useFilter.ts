import { useCallback, useMemo } from "react";
import { useSearchParams } from "wouter";
import { readFilter, writeFilter, type Filter } from "./filter";

/** The filter as the address has it, and how to change it: so it can be kept, sent and gone back from. */
export function useFilter(album: string | null = null): [Filter, (change: Partial<Filter>) => void] {
  const [query, setQuery] = useSearchParams();
  const text = query.toString();
  const filter = useMemo(() => readFilter(new URLSearchParams(text), album), [text, album]);
  const change = useCallback(
    (part: Partial<Filter>) =>
      // The album is in the path already.
      setQuery(writeFilter({ ...filter, ...part, ...(album ? { album: null } : {}) }), { replace: true }),
    [filter, album, setQuery],
  );
  return [filter, change];
}
