import type { TFunction } from "i18next";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "../ui/Icon";
import { Field } from "./Form";
import { checkPassword, MIN_PASSWORD_LENGTH, type PasswordRule } from "./passwordRules";

interface Props {
  value: string;
  onValue: (value: string) => void;
}

export function EmailField(props: Props) {
  const { t } = useTranslation();
  return <Field label={t("email")} type="email" autoComplete="username" dir="ltr" {...props} />;
}

/** `isNew`: a password being set, which is checked against the rules of the user pool as it is typed. */
export function PasswordField({ isNew = false, label, ...props }: Props & { isNew?: boolean; label?: string }) {
  const { t } = useTranslation();
  const id = useId();
  const rules = isNew ? checkPassword(props.value) : [];
  return (
    <div className="field">
      <Field
        ref={(input) => input?.setCustomValidity(describeUnmet(rules, t))}
        label={label ?? t(isNew ? "password.new" : "password.label")}
        type="password"
        autoComplete={isNew ? "new-password" : "current-password"}
        aria-describedby={isNew ? id : undefined}
        {...props}
      />
      {isNew && (
        <ul id={id} className="password-rules small">
          {rules.map(({ rule, isMet }) => (
            <li key={rule} className={isMet ? "met" : ""}>
              <Icon name={isMet ? "check" : "minus"} size={16} />
              {describeRule(rule, t)}
              {isMet && <span className="visually-hidden"> ({t("password.met")})</span>}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function describeRule(rule: PasswordRule, t: TFunction): string {
  return rule === "length" ? t("password.length", { count: MIN_PASSWORD_LENGTH }) : t(`password.${rule}`);
}

/** The browser shows this text, and submits no form, until it is empty. */
function describeUnmet(rules: ReturnType<typeof checkPassword>, t: TFunction): string {
  return rules.filter(({ isMet }) => !isMet).map(({ rule }) => describeRule(rule, t)).join(" · ");
}

export function CodeField(props: Props) {
  const { t } = useTranslation();
  return <Field label={t("code.label")} inputMode="numeric" autoComplete="one-time-code" dir="ltr" {...props} />;
}
