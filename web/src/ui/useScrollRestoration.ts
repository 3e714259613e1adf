import { useLayoutEffect } from "react";
import { lastNavigation, useCurrentLocation } from "../router";

const STORAGE_KEY = "sightline.positions";

/** Last scroll position of each URL, kept over a reload. */
const positions = new Map<string, number>(JSON.parse(sessionStorage.getItem(STORAGE_KEY) ?? "[]") as [string, number][]);
addEventListener("pagehide", () => sessionStorage.setItem(STORAGE_KEY, JSON.stringify([...positions])));

/** Time within which a restored page must reach its former height, in milliseconds. */
const MAX_WAIT = 5_000;

/** What a user does to scroll, which ends a restoration. */
const USER_INPUT = ["wheel", "touchstart", "keydown", "pointerdown"] as const;

/** Whether the user has been on the current page before. */
let isRevisited = false;

let stopRestoration: (() => void) | null = null;

/**
 * Leave the position of the current page to the caller, which knows better what the user saw; returns
 * whether it is to be restored. Call it in an effect that runs after layout effects.
 */
export function takeOverRestoration(): boolean {
  stopRestoration?.();
  const isRestored = isRevisited;
  isRevisited = false;
  return isRestored;
}

/** Scroll to `target` now, and again whenever the page grows until it is reached. */
function restorePosition(target: number): () => void {
  const observer = new ResizeObserver(scroll);
  const timer = setTimeout(stop, MAX_WAIT);
  stopRestoration = stop;
  for (const each of USER_INPUT) addEventListener(each, stop, { passive: true });
  observer.observe(document.body);
  scroll();
  return stop;

  function scroll() {
    scrollTo(0, target);
    if (Math.abs(scrollY - target) <= 1) stop();
  }

  function stop() {
    stopRestoration = null;
    observer.disconnect();
    clearTimeout(timer);
    for (const each of USER_INPUT) removeEventListener(each, stop);
  }
}

/** Scroll a new page to the top and a revisited page to its last position. */
export function useScrollRestoration(): void {
  const { pathname, search } = useCurrentLocation();
  const key = pathname + search;

  useLayoutEffect(() => {
    history.scrollRestoration = "manual";
    isRevisited = lastNavigation.isRevisit;
    return restorePosition(isRevisited ? (positions.get(key) ?? 0) : 0);
    // A new filter does not start a new page.
  }, [pathname]);

  useLayoutEffect(() => {
    lastNavigation.isRevisit = false;
    function savePosition() {
      // A page that is still growing is scrolled to its end, which is not where the user was.
      if (!stopRestoration) positions.set(key, scrollY);
    }
    addEventListener("scroll", savePosition, { passive: true });
    return () => removeEventListener("scroll", savePosition);
  }, [key]);
}
