import { useLayoutEffect } from "react";
import { useCurrentLocation } from "../router";

/** Last scroll position of each URL. */
const positions = new Map<string, number>();

/** Frames within which a restored page must reach its former height. */
const MAX_FRAMES = 30;

/** Whether the current page was reached with the browser's back or forward button. */
let isHistoryNavigation = false;
addEventListener("popstate", () => (isHistoryNavigation = true));

/** Scroll a new page to the top and a revisited page to its last position. */
export function useScrollRestoration(): void {
  const { pathname, search } = useCurrentLocation();
  const key = pathname + search;

  useLayoutEffect(() => {
    history.scrollRestoration = "manual";
    const target = isHistoryNavigation ? (positions.get(key) ?? 0) : 0;
    isHistoryNavigation = false;
    let frame = 0;
    let frames = MAX_FRAMES;
    function scroll() {
      scrollTo(0, target);
      if (Math.abs(scrollY - target) > 1 && frames-- > 0) frame = requestAnimationFrame(scroll);
    }
    scroll();
    return () => cancelAnimationFrame(frame);
    // A new filter does not start a new page.
  }, [pathname]);

  useLayoutEffect(() => {
    const savePosition = () => positions.set(key, scrollY);
    addEventListener("scroll", savePosition, { passive: true });
    return () => removeEventListener("scroll", savePosition);
  }, [key]);
}
