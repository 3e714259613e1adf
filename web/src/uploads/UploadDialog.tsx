import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useRoute } from "wouter";
import { FEATURES, type Feature } from "../api/types";
import { useServices } from "../services";
import { Dialog } from "../ui/Dialog";
import { Icon, type IconName } from "../ui/Icon";
import { readFeatures, writeFeatures } from "./features";
import { ACCEPT } from "./files";
import "./uploads.css";

/** Chooses files, a folder or the camera, and the features to detect. */
export default function UploadDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { uploads, config } = useServices();
  const album = useRoute("/albums/:album/*?")[1]?.album ?? null;
  const offered = FEATURES.filter((feature) => config.features.offered.includes(feature));
  const [features, setFeatures] = useState(() => readFeatures(config.features));

  function add(files: File[]) {
    if (files.length === 0) return;
    uploads.add(files, { features, album });
    onClose();
  }

  function choose(feature: Feature, selected: boolean) {
    const chosen = offered.filter((each) => (each === feature ? selected : features.includes(each)));
    if (chosen.length === 0) return;
    setFeatures(chosen);
    writeFeatures(chosen);
  }

  return (
    <Dialog title={t("upload.title")} onClose={onClose}>
      <div className="drop-zone">
        <Icon name="upload" size={36} />
        <p>{t("upload.hint")}</p>
        <div className="row">
          <FileButton icon="file" text={t("upload.chooseFiles")} onFiles={add} primary />
          <FileButton icon="folder" text={t("upload.chooseFolder")} onFiles={add} folder />
          <FileButton icon="camera" text={t("upload.takePhoto")} onFiles={add} camera />
        </div>
      </div>
      <fieldset className="stack">
        <legend className="label">{t("features.label")}</legend>
        <p className="muted small">{t("features.hint")}</p>
        <div className="features">
          {offered.map((feature) => (
            <label key={feature} className="check">
              <input
                type="checkbox"
                checked={features.includes(feature)}
                onChange={(event) => choose(feature, event.target.checked)}
              />
              {t(`features.${feature}`)}
            </label>
          ))}
        </div>
      </fieldset>
    </Dialog>
  );
}

interface FileButtonProps {
  icon: IconName;
  text: string;
  onFiles: (files: File[]) => void;
  primary?: boolean;
  folder?: boolean;
  camera?: boolean;
}

function FileButton({ icon, text, onFiles, primary, folder, camera }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  const kind = folder ? "folder" : camera ? "camera" : "files";
  return (
    <>
      <button
        type="button"
        className={`button ${primary ? "primary" : ""} ${camera ? "touch-only" : ""}`}
        onClick={() => input.current?.click()}
      >
        <Icon name={icon} size={18} /> {text}
      </button>
      <input
        ref={input}
        type="file"
        hidden
        multiple={!camera}
        accept={camera ? "image/*" : folder ? undefined : ACCEPT}
        capture={camera ? "environment" : undefined}
        // React has no prop for this attribute.
        {...(folder ? { webkitdirectory: "" } : {})}
        data-kind={kind}
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])].filter((file) => !file.name.startsWith(".")));
          event.target.value = "";
        }}
      />
    </>
  );
}
