import { useState } from "react";
import { useTranslation } from "react-i18next";
import { downloadOriginal } from "../api/downloads";
import type { ImageView } from "../api/types";
import { useFormat } from "../i18n/format";
import { useServices } from "../services";
import { useErrorMessage } from "../ui/errorMessages";
import { Icon } from "../ui/Icon";
import { showToast } from "../ui/toasts";
import { Section } from "./Section";

/** Links to download the original and its renditions, with their sizes. */
export function Downloads({ image }: { image: ImageView }) {
  const { t } = useTranslation();
  const format = useFormat();
  const describeError = useErrorMessage();
  const { api } = useServices();
  const [busy, setBusy] = useState(false);
  const extension = image.media_type.replace("image/", "").toUpperCase();

  async function save() {
    setBusy(true);
    try {
      await downloadOriginal(api, image.id);
    } catch (error) {
      showToast({ tone: "danger", text: describeError(error) });
    } finally {
      setBusy(false);
    }
  }

  return (
    <Section title={t("downloads.title")}>
      <ul className="downloads">
        <li>
          <button type="button" className="download" disabled={busy} onClick={() => void save()}>
            <Icon name="download" size={18} />
            <span className="grow">
              {t("downloads.original")}{" "}
              <span className="muted small" dir="ltr">
                {extension}
                {image.width && ` ${image.width} × ${image.height}`}
              </span>
            </span>
            <span className="muted small">{format.bytes(image.bytes)}</span>
          </button>
        </li>
        {[...image.renditions.items]
          .sort((a, b) => b.width - a.width)
          .map((each) => (
            <li key={each.name}>
              <a className="download" href={each.url} download={`${each.name}.webp`} target="_blank" rel="noreferrer">
                <Icon name="images" size={18} />
                <span className="grow">
                  {t(`downloads.${each.name}` as "downloads.full", { defaultValue: each.name })}{" "}
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
