import { useState, type CSSProperties } from "react";
import { useTranslation } from "react-i18next";
import type { ImageSummary, LinkedRendition } from "../api/types";
import { decodePlaceholder } from "../gallery/placeholder";
import { useFormat } from "../i18n/format";
import { Icon } from "../ui/Icon";
import type { Region } from "./regions";

interface Props {
  image: ImageSummary;
  /** All renditions; null until they are loaded. */
  renditions: readonly LinkedRendition[] | null;
  name: string;
  regions: readonly Region[];
  /** Show all boxes permanently, not only on hover. */
  boxes: boolean;
  /** The group highlighted here or in the details panel. */
  group: string | null;
  onGroup: (group: string | null) => void;
}

/** The image at the largest size that fits, with boxes around detected regions. */
export function Stage({ image, renditions, name, regions, boxes, group, onGroup }: Props) {
  const { t } = useTranslation();
  const [loadedId, setLoadedId] = useState("");
  const linked = [image.thumbnail, image.preview].filter((each) => each !== null);
  const items = (renditions ?? linked).toSorted((a, b) => a.width - b.width);
  const largest = items.at(-1);
  const background = decodePlaceholder(image.placeholder);
  const ratio = largest ? largest.width / largest.height : (image.width ?? 4) / (image.height ?? 3);
  const shape = { "--ratio": ratio } as CSSProperties;
  const style = {
    // Until all renditions are loaded, the original's width keeps the frame at its final size.
    "--natural": `${(renditions ? null : image.width) ?? largest?.width ?? 1024}px`,
    backgroundImage: background && loadedId !== image.id ? `url(${background})` : undefined,
  } as CSSProperties;

  return (
    <div className="stage" style={shape}>
      <div className={`frame ${boxes ? "with-boxes" : ""} ${group ? "highlighting" : ""}`} style={style}>
        {largest ? (
          <img
            key={image.id}
            src={largest.url}
            srcSet={items.map((each) => `${each.url} ${each.width}w`).join(", ")}
            sizes="(min-width: 900px) calc(100vw - 380px), 100vw"
            alt={name}
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
