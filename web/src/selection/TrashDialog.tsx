import { useTranslation } from "react-i18next";
import { Dialog } from "../ui/Dialog";
import { Icon } from "../ui/Icon";

/** Asks before images move to the trash. */
export default function TrashDialog({ count, onConfirm, onClose }: { count: number; onConfirm: () => void; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Dialog title={t("bulk.trashQuestion", { count })} onClose={onClose}>
      <p>{t("bulk.trashText")}</p>
      <div className="dialog-footer">
        <button type="button" className="button" onClick={onClose}>
          {t("cancel")}
        </button>
        <button type="button" className="button destructive" autoFocus onClick={onConfirm}>
          <Icon name="trash" size={18} /> {t("bulk.trash", { count })}
        </button>
      </div>
    </Dialog>
  );
}
