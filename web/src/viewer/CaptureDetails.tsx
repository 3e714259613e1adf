import { useTranslation } from "react-i18next";
import type { ImageView } from "../api/types";
import { useFormat } from "../i18n/format";
import { DateEditor } from "./DateEditor";
import { Place } from "./Place";
import { FactList, Section } from "./Section";

/** Camera settings, time and location of a photo. */
export function CaptureDetails({ image }: { image: ImageView }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { capture, place } = image;
  const kinds = [
    image.motion ? t("capture.motion") : null,
    image.projection === "equirectangular" ? t("capture.spherical") : null,
    image.projection === "cylindrical" ? t("capture.panorama") : null,
  ].filter((each) => each !== null);
  // A city may have the name of its region.
  const names = new Set([place?.district, place?.city, place?.region, place?.country].filter((name) => name));
  const exposure = [
    capture?.exposure ? formatExposure(capture.exposure) : null,
    capture?.f_number ? `ƒ/${format.number(capture.f_number)}` : null,
    capture?.iso ? `ISO ${capture.iso}` : null,
    capture?.focal_length ? `${format.number(capture.focal_length)} mm` : null,
  ].filter((each) => each !== null);
  const local = image.taken_at_local && format.dateTime(image.taken_at_local);
  const taken = local && image.taken_at_override ? t("capture.corrected", { date: local }) : local;
  const facts = [
    [t("capture.taken"), taken],
    [t("capture.kind"), kinds.join(", ")],
    [t("capture.camera"), capture?.camera],
    [t("capture.lens"), capture?.lens],
    [t("capture.exposure"), exposure.length > 0 ? <bdi>{exposure.join("  ")}</bdi> : null],
    [t("capture.place"), [...names].join(", ")],
  ].filter((fact): fact is [string, string] => Boolean(fact[1]));
  return (
    <Section title={t("capture.title")}>
      <FactList facts={facts} />
      <DateEditor image={image} />
      <Place image={image} />
    </Section>
  );
}

function formatExposure(seconds: number): string {
  return seconds >= 0.4 ? `${Number(seconds.toFixed(1))} s` : `1/${Math.round(1 / seconds)} s`;
}
