import { useTranslation } from "react-i18next";
import type { Face, Picture } from "../api/types";
import { useFormat } from "../i18n/format";
import { Section, type Pointing } from "./Details";
import { groupOf, type RegionKind } from "./regions";

/** What else was recognised: text, faces, colors, and what one may not want to show. */
export function Seen({ picture, ...pointing }: { picture: Picture } & Pointing) {
  const { t } = useTranslation();
  const format = useFormat();
  const { text, faces, properties, moderation } = picture.recognition;
  const lines = (text ?? []).filter((each) => each.is_line);
  return (
    <>
      {lines.length > 0 && (
        <Section title={t("text.title")}>
          <ul className="marks">
            {lines.map((line) => (
              <Pointed key={line.line} kind="text" name={line.line} {...pointing}>
                <q className="grow" dir="auto">
                  {line.text}
                </q>
                <span className="muted small">{format.share(line.confidence / 100)}</span>
              </Pointed>
            ))}
          </ul>
        </Section>
      )}
      {faces && faces.length > 0 && (
        <Section title={t("faces.title", { count: faces.length })}>
          <ul className="marks">
            {faces.map((face, index) => (
              <Pointed key={index} kind="face" name={index} {...pointing}>
                <FaceWords face={face} />
                <span className="grow" />
                <span className="muted small">{format.share(face.confidence / 100)}</span>
              </Pointed>
            ))}
          </ul>
        </Section>
      )}
      {properties && properties.colors && properties.colors.length > 0 && (
        <Section title={t("colors.title")}>
          <ul className="colors">
            {properties.colors.map((color) => (
              <li key={color.hex} title={`${color.name} ${format.share(color.percent / 100)}`}>
                <span className="swatch" style={{ background: color.hex }} />
                <span className="small">{color.name}</span>
                <span className="muted small">{format.share(color.percent / 100)}</span>
              </li>
            ))}
          </ul>
        </Section>
      )}
      {moderation && moderation.length > 0 && (
        <Section title={t("moderation.title")}>
          <ul className="marks">
            {moderation.map((each) => (
              <li key={each.name} className="mark">
                <span className="grow">{each.name}</span>
                <span className="muted small">{format.share(each.confidence / 100)}</span>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}

interface PointedProps extends Pointing {
  kind: RegionKind;
  name: string | number;
  children: React.ReactNode;
}

/** A line whose box is shown while it is pointed at. */
function Pointed({ kind, name, group, onGroup, children }: PointedProps) {
  const at = groupOf(kind, name);
  return (
    <li className={`mark ${group === at ? "on" : ""}`} onPointerEnter={() => onGroup(at)} onPointerLeave={() => onGroup(null)}>
      {children}
    </li>
  );
}

function FaceWords({ face }: { face: Face }) {
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
