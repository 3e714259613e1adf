/** The client of the API, and the cache of what it returned. */
import { QueryClient } from "@tanstack/react-query";
import { createSightline, Problem, type Options, type Sightline } from "sightline-client";
import type { Config } from "../config";
import { SignedOut, type Session } from "../session/session";

/** Retries of a failed query before its error is shown. */
const MAX_RETRIES = 2;

export interface Client {
  options: Options;
  api: Sightline;
  queries: QueryClient;
}

export function createClient(config: Config, session: Session): Client {
  const options = { baseUrl: config.api, token: (renew: boolean) => session.token(renew) };
  const queries = new QueryClient({
    defaultOptions: {
      queries: {
        refetchOnWindowFocus: false,
        // Only a request shows whether the API responds; `navigator.onLine` does not.
        networkMode: "always",
        retry: (failures, error) => failures < MAX_RETRIES && !isFinal(error),
      },
      mutations: { networkMode: "always" },
    },
  });
  return { options, api: createSightline(options), queries };
}

function isFinal(error: unknown): boolean {
  return error instanceof SignedOut || (error instanceof Problem && error.status < 500 && error.status !== 429);
}
