import { useTranslation } from "react-i18next";
import type { Picture } from "../api/types";
import { useFormat } from "../i18n/format";
import { Facts, Section } from "./Details";

/** What the camera recorded, and where it was. */
export function Camera({ picture }: { picture: Picture }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { capture } = picture;
  if (!capture) return null;
  const { place } = capture;
  const exposure = [
    capture.exposure ? exposureOf(capture.exposure) : null,
    capture.f_number ? `ƒ/${format.number(capture.f_number)}` : null,
    capture.iso ? `ISO ${capture.iso}` : null,
    capture.focal_length ? `${format.number(capture.focal_length)} mm` : null,
  ].filter((each) => each !== null);
  const facts = [
    [t("camera.taken"), capture.taken_at && format.dateTime(asWritten(capture.taken_at))],
    [t("camera.camera"), capture.camera],
    [t("camera.lens"), capture.lens],
    [t("camera.exposure"), exposure.length > 0 ? <bdi>{exposure.join("  ")}</bdi> : null],
  ].filter((fact): fact is [string, string] => Boolean(fact[1]));
  if (facts.length === 0 && !place) return null;
  return (
    <Section title={t("camera.title")}>
      <Facts facts={facts} />
      {place && (
        <p className="place">
          <bdi>
            {place.latitude.toFixed(5)}, {place.longitude.toFixed(5)}
          </bdi>
          {place.altitude != null && <span className="muted"> · {format.number(Math.round(place.altitude))} m</span>}{" "}
          <a
            href={`https://www.openstreetmap.org/?mlat=${place.latitude}&mlon=${place.longitude}#map=14/${place.latitude}/${place.longitude}`}
            target="_blank"
            rel="noreferrer noopener"
          >
            {t("camera.map")}
          </a>
        </p>
      )}
    </Section>
  );
}

/** Cameras mostly write the time on their clock: that is shown, wherever one looks from. */
function asWritten(time: string): string {
  return time.replace(/(Z|[+-]\d\d:\d\d)$/, "");
}

function exposureOf(seconds: number): string {
  return seconds >= 0.4 ? `${Number(seconds.toFixed(1))} s` : `1/${Math.round(1 / seconds)} s`;
}
