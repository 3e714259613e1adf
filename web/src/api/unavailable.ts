import { Problem, Unreachable } from "sightline-client";
import { CognitoUnavailable } from "../session/cognito";

/** Whether a request failed because a service does not respond, and may succeed once it does. */
export function isUnavailable(error: unknown): boolean {
  return error instanceof Unreachable || error instanceof CognitoUnavailable || (error instanceof Problem && error.status >= 500);
}
