import policy from "./passwordPolicy.json";

export type PasswordRule = "length" | "number" | "lowercase" | "uppercase" | "symbol";

/** Minimum length of a password. */
export const MIN_PASSWORD_LENGTH = policy.MinimumLength;

/** The characters that Cognito counts as symbols. */
const SYMBOLS = /[\^$*.[\]{}()?"!@#%&/\\,><':;|_~`=+-]|(?<=\S) (?=\S)/;

const CHECKS: Record<PasswordRule, { isRequired: boolean; isMet: (password: string) => boolean }> = {
  length: { isRequired: true, isMet: (password) => password.length >= MIN_PASSWORD_LENGTH },
  number: { isRequired: policy.RequireNumbers, isMet: (password) => /[0-9]/.test(password) },
  lowercase: { isRequired: policy.RequireLowercase, isMet: (password) => /[a-z]/.test(password) },
  uppercase: { isRequired: policy.RequireUppercase, isMet: (password) => /[A-Z]/.test(password) },
  symbol: { isRequired: policy.RequireSymbols, isMet: (password) => SYMBOLS.test(password) },
};

/** Return the rules of the user pool, and whether a password meets each. */
export function checkPassword(password: string): { rule: PasswordRule; isMet: boolean }[] {
  return Object.entries(CHECKS)
    .filter(([, { isRequired }]) => isRequired)
    .map(([rule, { isMet }]) => ({ rule: rule as PasswordRule, isMet: isMet(password) }));
}
