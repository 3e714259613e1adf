import { useCallback, useMemo } from "react";
import { useSearchParams } from "wouter";
import { parseFilter, type Filter } from "./filter";
import { serializeWithin, useScope } from "./scope";

/** The filter of the page and of the URL, and a function to change it. The URL makes it shareable and part of the history. */
export function useFilter(): [Filter, (change: Partial<Filter>) => void] {
  const [query, setQuery] = useSearchParams();
  const text = query.toString();
  const scope = useScope();
  const filter = useMemo(() => ({ ...parseFilter(new URLSearchParams(text)), ...scope.fixed }), [text, scope]);
  const change = useCallback(
    (part: Partial<Filter>) => setQuery(serializeWithin({ ...filter, ...part }, scope), { replace: true }),
    [filter, scope, setQuery],
  );
  return [filter, change];
}
