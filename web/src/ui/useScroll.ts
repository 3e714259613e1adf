import { useLayoutEffect } from "react";
import { usePlace } from "../router";

/** Where each place was scrolled to when it was left. */
const left = new Map<string, number>();

/** Frames in which a page that is returned to has to be as tall again as it was. */
const FRAMES = 30;

/** Whether the browser has gone back or forth since the last page. */
let returned = false;
addEventListener("popstate", () => (returned = true));

/** A new page begins at its top; one that is returned to, where it was left. */
export function useScroll(): void {
  const { pathname, search } = usePlace();
  const key = pathname + search;

  useLayoutEffect(() => {
    history.scrollRestoration = "manual";
    const wanted = returned ? (left.get(key) ?? 0) : 0;
    returned = false;
    let frame = 0;
    let frames = FRAMES;
    function settle() {
      scrollTo(0, wanted);
      if (Math.abs(scrollY - wanted) > 1 && frames-- > 0) frame = requestAnimationFrame(settle);
    }
    settle();
    return () => cancelAnimationFrame(frame);
    // Another filter of the same page is no new page.
  }, [pathname]);

  useLayoutEffect(() => {
    const remember = () => left.set(key, scrollY);
    addEventListener("scroll", remember, { passive: true });
    return () => removeEventListener("scroll", remember);
  }, [key]);
}
