import { useState } from "react";
import { useTranslation } from "react-i18next";
import { analyzeImage, runForEach } from "../api/bulk";
import { FEATURES, type Feature } from "../api/types";
import { useServices } from "../services";
import { BulkDialog } from "./BulkDialog";
import { useBulk } from "./useBulk";

/** Analyzes many images again with chosen features. */
export default function AnalyzeDialog({ ids, onClose }: { ids: readonly string[]; onClose: () => void }) {
  const { t } = useTranslation();
  const { api, queries, config } = useServices();
  const { finished, run } = useBulk(onClose);
  const offered = FEATURES.filter((feature) => config.features.offered.includes(feature));
  const [features, setFeatures] = useState<readonly Feature[]>(config.features.default);
  const count = ids.length;
  return (
    <BulkDialog
      title={t("bulk.analyze", { count })}
      submit={t("bulk.analyzeSubmit", { count })}
      disabled={features.length === 0}
      count={count}
      finished={finished}
      onSubmit={() =>
        void run(
          (onProgress) => runForEach(ids, (id) => analyzeImage(api, queries, id, [...features]), onProgress),
          (done) => t("bulk.analyzeDone", { count: done }),
        )
      }
      onClose={onClose}
    >
      <p className="muted">{t("bulk.analyzeCalls", { count: count * features.length })}</p>
      {offered.map((feature) => (
        <label key={feature} className="check">
          <input
            type="checkbox"
            checked={features.includes(feature)}
            onChange={(event) => setFeatures(offered.filter((each) => (each === feature ? event.target.checked : features.includes(each))))}
          />
          {t(`features.${feature}`)}
        </label>
      ))}
    </BulkDialog>
  );
}
