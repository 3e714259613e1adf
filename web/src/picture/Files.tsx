import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Picture } from "../api/types";
import { useFormat } from "../i18n/format";
import { useServices } from "../services";
import { useExplain } from "../ui/explain";
import { Icon } from "../ui/Icon";
import { saveAs } from "../ui/save";
import { say } from "../ui/toasts";
import { Section } from "./Details";

/** The original and its copies, with their sizes, to be saved. */
export function Files({ picture }: { picture: Picture }) {
  const { t } = useTranslation();
  const format = useFormat();
  const explain = useExplain();
  const { api } = useServices();
  const [busy, setBusy] = useState(false);
  const kind = picture.media_type.replace("image/", "").toUpperCase();

  async function saveOriginal() {
    setBusy(true);
    try {
      const { data } = await api.GET("/v1/images/{image_id}/original", { params: { path: { image_id: picture.id } } });
      saveAs(data!.url, data!.file_name);
    } catch (error) {
      say({ tone: "bad", text: explain(error) });
    } finally {
      setBusy(false);
    }
  }

  return (
    <Section title={t("files.title")}>
      <ul className="files">
        <li>
          <button type="button" className="file" disabled={busy} onClick={() => void saveOriginal()}>
            <Icon name="download" size={18} />
            <span className="grow">
              {t("files.original")}{" "}
              <span className="muted small" dir="ltr">
                {kind}
                {picture.width && ` ${picture.width} × ${picture.height}`}
              </span>
            </span>
            <span className="muted small">{format.bytes(picture.bytes)}</span>
          </button>
        </li>
        {[...picture.renditions.items]
          .sort((a, b) => b.width - a.width)
          .map((each) => (
            <li key={each.name}>
              <a className="file" href={each.url} download={`${each.name}.webp`} target="_blank" rel="noreferrer">
                <Icon name="pictures" size={18} />
                <span className="grow">
                  {t(`files.${each.name}` as "files.full", { defaultValue: each.name })}{" "}
                  <span className="muted small" dir="ltr">
                    WEBP {each.width} × {each.height}
                  </span>
                </span>
                <span className="muted small">{format.bytes(each.bytes)}</span>
              </a>
            </li>
          ))}
      </ul>
    </Section>
  );
}
