import { useState, type CSSProperties } from "react";
import { useTranslation } from "react-i18next";
import type { Picture } from "../api/types";
import { drawPlaceholder } from "../gallery/placeholder";
import { useFormat } from "../i18n/format";
import { Icon } from "../ui/Icon";
import type { Region } from "./regions";

interface Props {
  picture: Picture;
  name: string;
  regions: readonly Region[];
  /** All boxes are shown, not only while the picture is pointed at. */
  boxes: boolean;
  /** The group that is pointed at, here or in the list. */
  group: string | null;
  onGroup: (group: string | null) => void;
}

/** The picture as large as there is room, with boxes over what was recognised. */
export function Stage({ picture, name, regions, boxes, group, onGroup }: Props) {
  const { t } = useTranslation();
  const [shown, setShown] = useState("");
  const items = [...picture.renditions.items].sort((a, b) => a.width - b.width);
  const largest = items.at(-1);
  const background = drawPlaceholder(picture.placeholder);
  const ratio = largest ? largest.width / largest.height : (picture.width ?? 4) / (picture.height ?? 3);
  const shape = { "--ratio": ratio } as CSSProperties;
  const style = {
    "--natural": `${largest?.width ?? 1024}px`,
    backgroundImage: background && shown !== picture.id ? `url(${background})` : undefined,
  } as CSSProperties;

  return (
    <div className="stage" style={shape}>
      <div className={`frame ${boxes ? "with-boxes" : ""} ${group ? "pointed" : ""}`} style={style}>
        {largest ? (
          <img
            key={picture.id}
            src={largest.url}
            srcSet={items.map((each) => `${each.url} ${each.width}w`).join(", ")}
            sizes="(min-width: 900px) calc(100vw - 380px), 100vw"
            alt={name}
            className={shown === picture.id ? "shown" : ""}
            onLoad={() => setShown(picture.id)}
          />
        ) : (
          <div className="frame-empty">
            {picture.status === "failed" ? <Icon name="warning" size={40} /> : <span className="spinner" />}
            <p>{t(`status.${picture.status}`)}</p>
          </div>
        )}
        {largest && (
          <div className="boxes" aria-hidden="true">
            {regions.map((region) => (
              <Outline key={region.id} region={region} on={region.group === group} onGroup={onGroup} />
            ))}
          </div>
        )}
      </div>
    </div>
  );
}

function Outline({ region, on, onGroup }: { region: Region; on: boolean; onGroup: Props["onGroup"] }) {
  const format = useFormat();
  const { left, top, width, height } = region.box;
  const percent = (share: number) => `${share * 100}%`;
  return (
    <span
      className={`box ${region.kind} ${on ? "on" : ""}`}
      data-group={region.group}
      style={{ left: percent(left), top: percent(top), width: percent(width), height: percent(height) }}
      onPointerEnter={() => onGroup(region.group)}
      onPointerLeave={() => onGroup(null)}
    >
      <span className={`box-name ${top < 0.06 ? "inside" : ""}`} dir="auto">
        {region.name} {format.share(region.confidence / 100)}
      </span>
    </span>
  );
}
