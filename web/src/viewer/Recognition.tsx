import { useTranslation } from "react-i18next";
import type { DetectedFace, ImageView } from "../api/types";
import { useFormat } from "../i18n/format";
import { groupOf, type HighlightProps, type RegionKind } from "./regions";
import { Section } from "./Section";

/** Detected text, faces, colors and unsafe content. */
export function Recognition({ image, ...highlight }: { image: ImageView } & HighlightProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { text, faces, properties, moderation } = image.recognition;
  const lines = (text ?? []).filter((each) => each.is_line);
  return (
    <>
      {lines.length > 0 && (
        <Section title={t("text.title")}>
          <ul className="detections">
            {lines.map((line) => (
              <HighlightItem key={line.line} kind="text" name={line.line} {...highlight}>
                <q className="grow" dir="auto">
                  {line.text}
                </q>
                <span className="muted small">{format.percent(line.confidence / 100)}</span>
              </HighlightItem>
            ))}
          </ul>
        </Section>
      )}
      {faces && faces.length > 0 && (
        <Section title={t("faces.title", { count: faces.length })}>
          <ul className="detections">
            {faces.map((face, index) => (
              <HighlightItem key={index} kind="face" name={index} {...highlight}>
                <FaceSummary face={face} />
                <span className="grow" />
                <span className="muted small">{format.percent(face.confidence / 100)}</span>
              </HighlightItem>
            ))}
          </ul>
        </Section>
      )}
      {properties && properties.colors && properties.colors.length > 0 && (
        <Section title={t("colors.title")}>
          <div className="palette" aria-hidden="true">
            {properties.colors.map((color) => (
              <span key={color.hex} style={{ flexGrow: color.percent, background: color.hex }} />
            ))}
          </div>
          <ul className="colors">
            {properties.colors.map((color) => (
              <li key={color.hex} title={`${color.name} ${format.percent(color.percent / 100)}`}>
                <span className="swatch" style={{ background: color.hex }} />
                <span className="small">{color.name}</span>
                <span className="muted small">{format.percent(color.percent / 100)}</span>
              </li>
            ))}
          </ul>
        </Section>
      )}
      {moderation && moderation.length > 0 && (
        <Section title={t("moderation.title")}>
          <ul className="detections">
            {moderation.map((each) => (
              <li key={each.name} className="detection">
                <span className="grow">{each.name}</span>
                <span className="muted small">{format.percent(each.confidence / 100)}</span>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}

interface HighlightItemProps extends HighlightProps {
  kind: RegionKind;
  name: string | number;
  children: React.ReactNode;
}

/** A list item whose region is highlighted on hover. */
function HighlightItem({ kind, name, group, onGroup, children }: HighlightItemProps) {
  const itemGroup = groupOf(kind, name);
  return (
    <li className={`detection ${group === itemGroup ? "active" : ""}`} onPointerEnter={() => onGroup(itemGroup)} onPointerLeave={() => onGroup(null)}>
      {children}
    </li>
  );
}

function FaceSummary({ face }: { face: DetectedFace }) {
  const { t } = useTranslation();
  const [emotion] = Object.entries(face.emotions ?? {}).sort(([, a], [, b]) => b - a)[0] ?? [];
  const age = face.youngest != null && face.oldest != null ? t("faces.age", { from: face.youngest, to: face.oldest }) : null;
  return (
    <span>
      {t("faces.face")}
      <span className="muted small"> {[age, emotion?.toLowerCase()].filter(Boolean).join(" · ")}</span>
    </span>
  );
}
