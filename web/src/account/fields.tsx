import { useTranslation } from "react-i18next";
import { Field } from "./Form";

interface Props {
  value: string;
  onValue: (value: string) => void;
}

export function EmailField(props: Props) {
  const { t } = useTranslation();
  return <Field label={t("email")} type="email" autoComplete="username" dir="ltr" {...props} />;
}

/** `isNew`: a password being set, which must comply with the password policy. */
export function PasswordField({ isNew = false, label, ...props }: Props & { isNew?: boolean; label?: string }) {
  const { t } = useTranslation();
  const rules = isNew ? { hint: t("password.rules"), minLength: 12, pattern: ".*\\d.*" } : {};
  return (
    <Field
      label={label ?? t(isNew ? "password.new" : "password.label")}
      type="password"
      autoComplete={isNew ? "new-password" : "current-password"}
      {...rules}
      {...props}
    />
  );
}

export function CodeField(props: Props) {
  const { t } = useTranslation();
  return <Field label={t("code.label")} inputMode="numeric" autoComplete="one-time-code" dir="ltr" {...props} />;
}
