import { useEffect } from "react";
import { imageQuery } from "../api/images";
import type { ImageSummary } from "../api/types";
import { useServices } from "../services";

/** Load the details and the renditions of own images that are likely to be opened next. */
export function usePreload(images: readonly (ImageSummary | null)[]): void {
  const { api, queries } = useServices();
  const ids = images.map((image) => (image?.contributor === undefined && image?.id) || "").join(" ");
  useEffect(() => {
    for (const id of ids.split(" ").filter(Boolean)) {
      queries
        .fetchQuery(imageQuery(api, id))
        .then(({ image }) => {
          const element = new Image();
          element.sizes = "100vw";
          element.srcset = image.renditions.items.map((each) => `${each.url} ${each.width}w`).join(", ");
        })
        // The image is loaded, or its error shown, once it is opened.
        .catch(() => {});
    }
  }, [api, queries, ids]);
}
