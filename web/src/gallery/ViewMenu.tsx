import { Suspense } from "react";
import { useTranslation } from "react-i18next";
import { lazyPage } from "../ui/lazyPage";
import { Popover } from "../ui/Popover";

const ViewChoices = lazyPage(() => import("./ViewChoices"));

/** A menu of the order and the size of photos. */
export function ViewMenu() {
  const { t } = useTranslation();
  return (
    <Popover icon="view" label={t("arrange.label")} className="view-menu">
      {() => (
        <Suspense>
          <ViewChoices />
        </Suspense>
      )}
    </Popover>
  );
}
