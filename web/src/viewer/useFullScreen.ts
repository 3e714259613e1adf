import { useCallback, useEffect, useState } from "react";

/** Whether the page fills the screen, and a function to change it; null if the browser cannot. */
export function useFullScreen(): [boolean, (() => void) | null] {
  const [isFull, setFull] = useState(document.fullscreenElement !== null);
  useEffect(() => {
    const onChange = () => setFull(document.fullscreenElement !== null);
    document.addEventListener("fullscreenchange", onChange);
    return () => document.removeEventListener("fullscreenchange", onChange);
  }, []);
  const toggle = useCallback(() => {
    // The whole page, so that dialogs and messages stay visible.
    const change = document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
    change.catch(() => {});
  }, []);
  return [isFull, document.fullscreenEnabled ? toggle : null];
}
