import { useEffect, useState } from "react";

/** Time for which a photo is shown, once it has loaded. */
const SHOWN_MILLISECONDS = 4_000;

/** Show the next photo again and again. `isLoaded`: the current photo is visible. */
export function useSlideshow(id: string, isLoaded: boolean, hasNext: boolean, onNext: () => void): [boolean, (playing: boolean) => void] {
  const [playing, setPlaying] = useState(false);
  useEffect(() => {
    if (!playing || !isLoaded) return;
    const timer = setTimeout(() => (hasNext ? onNext() : setPlaying(false)), SHOWN_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [playing, isLoaded, hasNext, id, onNext]);
  return [playing, setPlaying];
}
