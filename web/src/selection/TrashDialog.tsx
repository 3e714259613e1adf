import { useTranslation } from "react-i18next";
import { ConfirmDialog } from "../ui/ConfirmDialog";

/** Asks before images move to the trash. */
export default function TrashDialog({ count, onConfirm, onClose }: { count: number; onConfirm: () => void; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <ConfirmDialog title={t("bulk.trashQuestion", { count })} confirm={t("bulk.trash", { count })} onConfirm={async () => onConfirm()} onClose={onClose}>
      <p>{t("bulk.trashText")}</p>
    </ConfirmDialog>
  );
}
