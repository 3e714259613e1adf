import { useEffect, useRef, type RefObject } from "react";

/** Call `close` when the user presses or focuses something outside the element, while it is open. */
export function useDismiss(element: RefObject<HTMLElement | null>, isOpen: boolean, close: () => void): void {
  const latest = useRef(close);
  latest.current = close;
  useEffect(() => {
    if (!isOpen) return;
    const closeOutside = (event: Event) => {
      if (!element.current?.contains(event.target as Node)) latest.current();
    };
    addEventListener("pointerdown", closeOutside);
    addEventListener("focusin", closeOutside);
    return () => {
      removeEventListener("pointerdown", closeOutside);
      removeEventListener("focusin", closeOutside);
    };
  }, [element, isOpen]);
}
