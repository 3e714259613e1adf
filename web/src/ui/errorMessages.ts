import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { Problem, Unreachable } from "sightline-client";
import { CognitoUnavailable, CognitoError } from "../session/cognito";

/** Translate an error code of the API, of Cognito or of this application; falls back to `fallback`. */
export function useErrorCodeMessage(): (code: string, fallback?: string) => string {
  const { t } = useTranslation();
  return useCallback(
    (code, fallback) => t(`error.${code}` as "error.unknown", { defaultValue: fallback ?? t("error.unknown") }),
    [t],
  );
}

export function useErrorMessage(): (error: unknown) => string {
  const describeCode = useErrorCodeMessage();
  return useCallback(
    (error) => {
      if (error instanceof Problem) return describeCode(error.code, error.detail);
      if (error instanceof CognitoError) return describeCode(error.code, error.message);
      if (error instanceof Unreachable || error instanceof CognitoUnavailable) return describeCode("unreachable");
      return describeCode("unknown");
    },
    [describeCode],
  );
}
