import { useState } from "react";
import type { ImageSummary } from "../api/types";
import { decodePlaceholder } from "./placeholder";
import { sourcesOf } from "./sources";

interface Props {
  image: Pick<ImageSummary, "placeholder" | "thumbnail" | "preview">;
  /** Displayed width in CSS pixels. */
  width: number;
  alt: string;
}

/** An image that fades in over its placeholder; the browser chooses the rendition by size. */
export function Thumbnail({ image, width, alt }: Props) {
  // The placeholder is removed at `loaded`, because it would show through transparent images.
  const [state, setState] = useState<"loading" | "fading-in" | "loaded">("loading");
  const background = state === "loaded" ? null : decodePlaceholder(image.placeholder);
  const sources = sourcesOf(image, width);
  return (
    <span className="thumbnail" style={background ? { backgroundImage: `url(${background})` } : undefined}>
      {sources && (
        <img
          // A cached image appears without a transition.
          ref={(element) => {
            if (element?.complete && element.naturalWidth > 0 && state === "loading") setState("loaded");
          }}
          {...sources}
          alt={alt}
          decoding="async"
          draggable={false}
          className={state}
          onLoad={() => setState((now) => (now === "loading" ? "fading-in" : now))}
          onTransitionEnd={() => setState("loaded")}
        />
      )}
    </span>
  );
}
