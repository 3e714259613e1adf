import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ImageSummary } from "../api/types";
import { useDeleteImages } from "../deletions/useDeleteImages";
import { Thumbnail } from "../gallery/Thumbnail";
import { useImageName } from "../gallery/useImageName";
import { useFormat } from "../i18n/format";
import { Icon } from "../ui/Icon";
import type { DuplicateGroup } from "./groups";

/** Displayed width of an image, CSS pixels. */
const IMAGE_WIDTH = 260;

interface Props {
  group: DuplicateGroup;
  /** Receives the images that need no decision any more. */
  onDone: (ids: ReadonlySet<string>) => void;
  /** Called when the images are back from the trash. */
  onUndo: () => void;
}

/** Similar images side by side. The best is chosen to be kept, the others to be moved to the trash. */
export function DuplicateGroupCard({ group, onDone, onUndo }: Props) {
  const { t } = useTranslation();
  const moveToTrash = useDeleteImages();
  const best = group[0]!.id;
  const [kept, setKept] = useState<ReadonlySet<string>>(new Set([best]));
  const ids = group.map(({ id }) => id);
  const discarded = ids.filter((id) => !kept.has(id));

  function toggle(id: string) {
    setKept((now) => new Set(now.has(id) ? [...now].filter((each) => each !== id) : [...now, id]));
  }

  function apply() {
    moveToTrash(discarded, onUndo);
    onDone(new Set(ids));
  }

  return (
    <section className="card stack" aria-label={t("nearDuplicates.group", { count: group.length })}>
      <h2>{t("nearDuplicates.group", { count: group.length })}</h2>
      <ul className="duplicate-group">
        {group.map((image) => (
          <DuplicateTile key={image.id} image={image} isBest={image.id === best} kept={kept.has(image.id)} onToggle={() => toggle(image.id)} />
        ))}
      </ul>
      <div className="row">
        <button type="button" className="button danger" disabled={discarded.length === 0 || kept.size === 0} onClick={apply}>
          <Icon name="trash" size={18} /> {t("nearDuplicates.apply", { count: discarded.length })}
        </button>
        <button type="button" className="button" onClick={() => onDone(new Set(ids))}>
          {t("nearDuplicates.keepAll")}
        </button>
      </div>
    </section>
  );
}

interface TileProps {
  image: ImageSummary;
  isBest: boolean;
  kept: boolean;
  onToggle: () => void;
}

function DuplicateTile({ image, isBest, kept, onToggle }: TileProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const name = useImageName(image);
  return (
    <li>
      <button type="button" className="duplicate-tile" aria-pressed={kept} onClick={onToggle}>
        <span className="visually-hidden">{t("nearDuplicates.keep", { name })} </span>
        <Thumbnail image={image} width={IMAGE_WIDTH} alt="" />
        <span className={`chip duplicate-choice ${kept ? "success" : "excluded"}`}>
          <Icon name={kept ? "check" : "trash"} size={14} />
          {t(kept ? "nearDuplicates.kept" : "nearDuplicates.discarded")}
        </span>
      </button>
      <p className="truncate small" dir="auto" title={name}>
        {name}
      </p>
      <p className="muted small">
        <bdi>
          {image.width} × {image.height}
        </bdi>{" "}
        · {format.bytes(image.bytes)}
        {isBest && ` · ${t("nearDuplicates.best")}`}
      </p>
      <p className="muted small">{format.date(image.taken_at_local ?? image.created_at)}</p>
    </li>
  );
}
