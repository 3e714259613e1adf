/** Where one is in the application. Ways to elsewhere are wouter's own. */
import { useSearch } from "wouter";
import { useHistoryState, usePathname } from "wouter/use-browser-location";

/** What goes along from one place to the next, and is forgotten with the tab. */
export interface Along {
  /** Where somebody was before signing in was asked for. */
  from?: string;
  /** An address is to be confirmed. */
  confirm?: boolean;
  /** The picture was opened from a list, which is one step back. */
  fromList?: boolean;
}

export interface Place {
  pathname: string;
  /** With its question mark; empty without any. */
  search: string;
  along: Along;
}

export function usePlace(): Place {
  const search = useSearch();
  return {
    pathname: usePathname(),
    search: search && `?${search}`,
    along: useHistoryState<Along | null>() ?? {},
  };
}
