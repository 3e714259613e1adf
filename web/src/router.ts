/** The current location with its navigation state. Navigation itself uses wouter. */
import { useSearch } from "wouter";
import { useHistoryState, usePathname } from "wouter/use-browser-location";

/** State passed from one history entry to the next; discarded with the tab. */
export interface NavigationState {
  /** The URL to return to after signing in. */
  from?: string;
  /** The email address has yet to be confirmed. */
  confirm?: boolean;
  /** The image was opened from a list, which is the previous history entry. */
  fromList?: boolean;
}

/** Whether the last navigation was the browser's back, forward or reload. */
export const lastNavigation = {
  isRevisit: (performance.getEntriesByType("navigation") as PerformanceNavigationTiming[]).some(({ type }) => type !== "navigate"),
};
// This module is loaded before wouter adds its listener, which renders the page before the next listener runs.
addEventListener("popstate", () => (lastNavigation.isRevisit = true));

export interface CurrentLocation {
  pathname: string;
  /** Includes the question mark; empty if there is no query. */
  search: string;
  state: NavigationState;
}

export function useCurrentLocation(): CurrentLocation {
  const search = useSearch();
  return {
    pathname: usePathname(),
    search: search && `?${search}`,
    state: useHistoryState<NavigationState | null>() ?? {},
  };
}

/** Whether a page fills the screen, without the header of the application. */
export function isViewer(pathname: string): boolean {
  return /\/photos\/[^/]+$/.test(pathname);
}
