import { useLayoutEffect } from "react";
import { useCurrentLocation } from "../router";

/** Last scroll position of each URL. */
const positions = new Map<string, number>();

/** Time within which a restored page must reach its former height, in milliseconds. */
const MAX_WAIT = 5_000;

/** What a user does to scroll, which ends a restoration. */
const USER_INPUT = ["wheel", "touchstart", "keydown", "pointerdown"] as const;

/** Whether the current page was reached with the browser's back or forward button. */
let isHistoryNavigation = false;
addEventListener("popstate", () => (isHistoryNavigation = true));

/** Whether the current page has yet to reach its last position. */
let isRestoring = false;

/** Scroll to `target` now, and again whenever the page grows until it is reached. */
function restorePosition(target: number): () => void {
  const observer = new ResizeObserver(scroll);
  const timer = setTimeout(stop, MAX_WAIT);
  isRestoring = true;
  for (const each of USER_INPUT) addEventListener(each, stop, { passive: true });
  observer.observe(document.body);
  scroll();
  return stop;

  function scroll() {
    scrollTo(0, target);
    if (Math.abs(scrollY - target) <= 1) stop();
  }

  function stop() {
    isRestoring = false;
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
    const target = isHistoryNavigation ? (positions.get(key) ?? 0) : 0;
    isHistoryNavigation = false;
    return restorePosition(target);
    // A new filter does not start a new page.
  }, [pathname]);

  useLayoutEffect(() => {
    function savePosition() {
      // A page that is still growing is scrolled to its end, which is not where the user was.
      if (!isRestoring) positions.set(key, scrollY);
    }
    addEventListener("scroll", savePosition, { passive: true });
    return () => removeEventListener("scroll", savePosition);
  }, [key]);
}
