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
  const [shown, setShown] = useState(false);
  const background = drawPlaceholder(placeholder);
  const smallest = renditions.reduce<Rendition | undefined>(
    (least, each) => (!least || each.width < least.width ? each : least),
    undefined,
  );
  return (
    <span
      className="thumbnail"
      style={background && !shown ? { backgroundImage: `url(${background})` } : undefined}
    >
      {smallest && (
        <img
          src={smallest.url}
          srcSet={renditions.map((each) => `${each.url} ${each.width}w`).join(", ")}
          sizes={`${Math.ceil(width)}px`}
          alt={alt}
          decoding="async"
          draggable={false}
          className={shown ? "shown" : ""}
          onLoad={() => setShown(true)}
        />
      )}
    </span>
  );
}
