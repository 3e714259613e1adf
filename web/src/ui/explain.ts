import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { Problem, Unreachable } from "sightline-client";
import { CognitoAway, Refused } from "../session/cognito";

/** A reason for people, by the code of the API, of Cognito or of our own; as it was said where there is none. */
export function useExplainCode(): (code: string, otherwise?: string) => string {
  const { t } = useTranslation();
  return useCallback(
    (code, otherwise) => t(`problem.${code}` as "problem.unknown", { defaultValue: otherwise ?? t("problem.unknown") }),
    [t],
  );
}

export function useExplain(): (error: unknown) => string {
  const explainCode = useExplainCode();
  return useCallback(
    (error) => {
      if (error instanceof Problem) return explainCode(error.code, error.detail);
      if (error instanceof Refused) return explainCode(error.code, error.message);
      if (error instanceof Unreachable || error instanceof CognitoAway) return explainCode("unreachable");
      return explainCode("unknown");
    },
    [explainCode],
  );
}
