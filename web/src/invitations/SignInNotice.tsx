import { useTranslation } from "react-i18next";
import { Icon } from "../ui/Icon";

/** Explains why to sign in, to someone who opened an invitation. Load it with `lazyPage`. */
export default function SignInNotice() {
  const { t } = useTranslation();
  return (
    <div className="notice" role="status">
      <Icon name="album" /> {t("invitation.signIn")}
    </div>
  );
}
