import { useState } from "react";
import type { Rendition } from "../api/types";
import { drawPlaceholder } from "./placeholder";

interface Props {
  renditions: readonly Rendition[];
  placeholder: string | null;
  /** CSS pixels that it is shown in. */
  width: number;
  alt: string;
}

/** A picture in its frame: the placeholder at once, the smallest rendition that is sharp enough over it. */
export function Thumbnail({ renditions, placeholder, width, alt }: Props) {
  // `coming`: it is drawn over the placeholder; `there`: it hides what would shine through it.
  const [state, setState] = useState<"waiting" | "coming" | "there">("waiting");
  const background = state === "there" ? null : drawPlaceholder(placeholder);
  const smallest = renditions.reduce<Rendition | undefined>(
    (least, each) => (!least || each.width < least.width ? each : least),
    undefined,
  );
  return (
    <span className="thumbnail" style={background ? { backgroundImage: `url(${background})` } : undefined}>
      {smallest && (
        <img
          // What the browser has kept is there without a transition.
          ref={(image) => {
            if (image?.complete && image.naturalWidth > 0 && state === "waiting") setState("there");
          }}
          src={smallest.url}
          srcSet={renditions.map((each) => `${each.url} ${each.width}w`).join(", ")}
          sizes={`${Math.ceil(width)}px`}
          alt={alt}
          decoding="async"
          draggable={false}
          className={state}
          onLoad={() => setState((now) => (now === "waiting" ? "coming" : now))}
          onTransitionEnd={() => setState("there")}
        />
      )}
    </span>
  );
}
