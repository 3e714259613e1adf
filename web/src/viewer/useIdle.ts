import { useEffect, useState } from "react";

/** Time without a movement after which the controls of a slideshow or full screen disappear. */
const IDLE_MILLISECONDS = 2_500;

/** Whether the user has done nothing for a while. */
export function useIdle(enabled: boolean): boolean {
  const [isIdle, setIdle] = useState(false);
  useEffect(() => {
    setIdle(false);
    if (!enabled) return;
    let timer = setTimeout(() => setIdle(true), IDLE_MILLISECONDS);
    function onInput() {
      setIdle(false);
      clearTimeout(timer);
      timer = setTimeout(() => setIdle(true), IDLE_MILLISECONDS);
    }
    const inputs = ["pointermove", "pointerdown", "keydown", "focusin"] as const;
    for (const each of inputs) addEventListener(each, onInput, { passive: true });
    return () => {
      clearTimeout(timer);
      for (const each of inputs) removeEventListener(each, onInput);
    };
  }, [enabled]);
  return isIdle;
}
