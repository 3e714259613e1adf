import { useState } from "react";
import type { ImageSummary } from "../api/types";
import { decodePlaceholder } from "./placeholder";

interface Props {
  image: Pick<ImageSummary, "placeholder" | "thumbnail" | "preview">;
  /** Displayed width in CSS pixels. */
  width: number;
  alt: string;
}

/** An image that fades in over its placeholder; the browser chooses the rendition by size. */
export function Thumbnail({ image: { placeholder, thumbnail, preview }, width, alt }: Props) {
  // The placeholder is removed at `loaded`, because it would show through transparent images.
  const [state, setState] = useState<"loading" | "fading-in" | "loaded">("loading");
  const background = state === "loaded" ? null : decodePlaceholder(placeholder);
  const renditions = [thumbnail, preview].filter((each) => each !== null);
  return (
    <span className="thumbnail" style={background ? { backgroundImage: `url(${background})` } : undefined}>
      {thumbnail && (
        <img
          // A cached image appears without a transition.
          ref={(element) => {
            if (element?.complete && element.naturalWidth > 0 && state === "loading") setState("loaded");
          }}
          src={thumbnail.url}
          srcSet={renditions.map((each) => `${each.url} ${each.width}w`).join(", ")}
          sizes={`${Math.ceil(width)}px`}
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
