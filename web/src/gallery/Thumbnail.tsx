import { useState } from "react";
import type { Rendition } from "../api/types";
import { decodePlaceholder } from "./placeholder";

interface Props {
  renditions: readonly Rendition[];
  placeholder: string | null;
  /** Displayed width in CSS pixels. */
  width: number;
  alt: string;
}

/** An image that fades in over its placeholder; the browser chooses the rendition by size. */
export function Thumbnail({ renditions, placeholder, width, alt }: Props) {
  // The placeholder is removed at `loaded`, because it would show through transparent images.
  const [state, setState] = useState<"loading" | "fading-in" | "loaded">("loading");
  const background = state === "loaded" ? null : decodePlaceholder(placeholder);
  const smallest = renditions.reduce<Rendition | undefined>(
    (least, each) => (!least || each.width < least.width ? each : least),
    undefined,
  );
  return (
    <span className="thumbnail" style={background ? { backgroundImage: `url(${background})` } : undefined}>
      {smallest && (
        <img
          // A cached image appears without a transition.
          ref={(image) => {
            if (image?.complete && image.naturalWidth > 0 && state === "loading") setState("loaded");
          }}
          src={smallest.url}
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
