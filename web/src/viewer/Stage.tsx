import { useEffect, useRef, useState, type CSSProperties, type Ref, useImperativeHandle } from "react";
import { useTranslation } from "react-i18next";
import { useOriginalUrl } from "../api/useImages";
import type { ImageSummary, LinkedRendition } from "../api/types";
import { decodePlaceholder } from "../gallery/placeholder";
import { useFormat } from "../i18n/format";
import { Icon } from "../ui/Icon";
import type { Region } from "./regions";
import { useZoom } from "./useZoom";
import { fullScale, type Swipe } from "./zoom";

export interface StageHandle {
  step(steps: number): void;
  reset(): void;
}

interface Props {
  image: ImageSummary;
  /** All renditions; null until they are loaded. */
  renditions: readonly LinkedRendition[] | null;
  /** Whether the original is displayed as its renditions are: it is not if the owner rotated the image. */
  usesOriginal: boolean;
  name: string;
  regions: readonly Region[];
  /** Show all boxes permanently, not only those of the highlighted group. */
  boxes: boolean;
  /** The group highlighted here or in the details panel. */
  group: string | null;
  onGroup: (group: string | null) => void;
  onSwipe: (swipe: NonNullable<Swipe>) => void;
  onTap: () => void;
  onLoaded: (id: string) => void;
  handle: Ref<StageHandle>;
}

/** Types of originals that every browser displays. */
const DISPLAYABLE = new Set(["image/jpeg", "image/png", "image/webp", "image/gif", "image/avif"]);

/** The image at the largest size that fits, with boxes around detected regions; it can be zoomed and swiped. */
export function Stage({ image, renditions, usesOriginal, name, regions, boxes, group, onGroup, onSwipe, onTap, onLoaded, handle }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const stage = useRef<HTMLDivElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const [loadedId, setLoadedId] = useState("");
  const linked = [image.thumbnail, image.preview].filter((each) => each !== null);
  const items = (renditions ?? linked).toSorted((a, b) => a.width - b.width);
  const largest = items.at(-1);
  const original = { width: image.width ?? largest?.width ?? 0, height: image.height ?? largest?.height ?? 0 };
  const { view, dragged, isMoving, onDoubleClick, step, reset } = useZoom({ stage, frame, id: image.id, original, onSwipe, onTap });
  useImperativeHandle(handle, () => ({ step, reset }), [step, reset]);

  const shown = (frame.current?.offsetWidth ?? 0) * view.scale;
  const needsOriginal = largest !== undefined && shown * devicePixelRatio > largest.width && largest.width < original.width;
  const originalUrl = useOriginalUrl(image.id, usesOriginal && needsOriginal && DISPLAYABLE.has(image.media_type));
  const sources = items.map((each) => `${each.url} ${each.width}w`);
  if (originalUrl) sources.push(`${originalUrl} ${original.width}w`);

  const background = decodePlaceholder(image.placeholder);
  const ratio = largest ? largest.width / largest.height : (image.width ?? 4) / (image.height ?? 3);
  const isZoomed = view.scale > 1;
  const style = {
    "--ratio": ratio,
    "--natural": `${original.width || 1024}px`,
    "--zoom": view.scale,
    transform: `translate(${view.x + dragged.x}px, ${view.y + dragged.y}px) scale(${view.scale})`,
    backgroundImage: background && loadedId !== image.id ? `url(${background})` : undefined,
  } as CSSProperties;
  useEffect(() => {
    if (loadedId) onLoaded(loadedId);
  }, [loadedId, onLoaded]);
  const percent = frame.current ? view.scale / fullScale({ width: frame.current.offsetWidth, height: 0 }, original, devicePixelRatio) : 1;

  return (
    <div ref={stage} className={`stage ${isZoomed ? "zoomed" : ""} ${isMoving ? "moving" : ""}`} onDoubleClick={onDoubleClick}>
      <div ref={frame} className={`frame ${boxes ? "with-boxes" : ""} ${group ? "highlighting" : ""}`} style={style}>
        {largest ? (
          <img
            key={image.id}
            src={largest.url}
            srcSet={sources.join(", ")}
            // The browser loads a sharper source as the image is zoomed.
            sizes={isZoomed ? `${Math.ceil(shown)}px` : "100vw"}
            alt={name}
            draggable={false}
            className={loadedId === image.id ? "shown" : ""}
            onLoad={() => setLoadedId(image.id)}
          />
        ) : (
          <div className="frame-placeholder">
            {image.status === "failed" ? <Icon name="warning" size={40} /> : <span className="spinner" />}
            <p>{t(`status.${image.status}`)}</p>
          </div>
        )}
        {largest && (
          <div className="boxes" aria-hidden="true">
            {regions.map((region) => (
              <RegionBox key={region.id} region={region} active={region.group === group} onGroup={onGroup} />
            ))}
          </div>
        )}
      </div>
      <output className="zoom-level" aria-label={t("photo.zoom")}>
        {isZoomed && format.percent(Math.round(percent * 100) / 100)}
      </output>
    </div>
  );
}

function RegionBox({ region, active, onGroup }: { region: Region; active: boolean; onGroup: Props["onGroup"] }) {
  const format = useFormat();
  const { left, top, width, height } = region.box;
  const percent = (fraction: number) => `${fraction * 100}%`;
  return (
    <span
      className={`box ${region.kind} ${active ? "active" : ""}`}
      data-group={region.group}
      style={{ left: percent(left), top: percent(top), width: percent(width), height: percent(height) }}
      onPointerEnter={() => onGroup(region.group)}
      onPointerLeave={() => onGroup(null)}
    >
      <span className={`box-label ${top < 0.06 ? "inside" : ""}`} dir="auto">
        {region.name} {format.percent(region.confidence / 100)}
      </span>
    </span>
  );
}
