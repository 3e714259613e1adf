import { useTranslation } from "react-i18next";
import { useServices } from "../services";

/** States that a code was sent; a local deployment, which delivers no email, links to its messages. */
export function CodeNotice({ text }: { text: string }) {
  const { t } = useTranslation();
  const { mail } = useServices().config;
  return (
    <div>
      <p className="muted">{text}</p>
      {mail && (
        <p className="small">
          <a href={mail} target="_blank" rel="noreferrer">
            {t("code.localMail")}
          </a>
        </p>
      )}
    </div>
  );
}
