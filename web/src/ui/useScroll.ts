import { useLayoutEffect } from "react";
import { useLocation, useNavigationType } from "react-router";

/** Where each place in the history was scrolled to. */
const places = new Map<string, number>();

/** Frames in which a page that is returned to has to be as tall again as it was. */
const FRAMES = 30;

/** A new page begins at its top; one that is returned to, where it was left. */
export function useScroll(): void {
  const { key, pathname } = useLocation();
  const returned = useNavigationType() === "POP";

  useLayoutEffect(() => {
    history.scrollRestoration = "manual";
    const wanted = returned ? (places.get(key) ?? 0) : 0;
    let frame = 0;
    let left = FRAMES;
    function settle() {
      scrollTo(0, wanted);
      if (Math.abs(scrollY - wanted) > 1 && left-- > 0) frame = requestAnimationFrame(settle);
    }
    settle();
    return () => cancelAnimationFrame(frame);
    // Another filter of the same page is no new page.
  }, [pathname]);

  useLayoutEffect(() => {
    const remember = () => places.set(key, scrollY);
    addEventListener("scroll", remember, { passive: true });
    return () => removeEventListener("scroll", remember);
  }, [key]);
}
