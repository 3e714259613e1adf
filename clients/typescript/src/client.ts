import createFetchClient, { type Client } from "openapi-fetch";
import { Problem, Unreachable } from "./problem.js";
import { makeTraceparent } from "./traceparent.js";
import type { components, paths } from "./schema.js";

export type Schemas = components["schemas"];

/** All operations of the API, typed by its OpenAPI document. An error response is thrown. */
export type Sightline = Client<paths>;

export interface Options {
  /** The base URL of the API, without `/v1`; empty for the page's own origin. */
  baseUrl: string;
  /**
   * The credential: an API key, or a function that returns an access token; with `renew` a new one,
   * because the API rejected the last.
   */
  token: string | ((renew: boolean) => Promise<string>);
  /** Milliseconds until the response headers must have arrived. */
  timeout?: number;
  fetch?: typeof globalThis.fetch;
}

const TIMEOUT_MS = 35_000;

/** Attempts of a request that exceeds the rate limit, and the longest time to wait for the next. */
const MAX_ATTEMPTS = 3;
const MAX_WAIT_SECONDS = 10;

/**
 * Creates a client that adds the credential to each request. Calls throw `Problem`, `Unreachable`
 * and whatever `token` throws.
 */
export function createSightline(options: Options): Sightline {
  const authenticatedFetch = createAuthenticatedFetch(options);
  return createFetchClient<paths>({
    baseUrl: options.baseUrl,
    fetch: async (request) => {
      const response = await authenticatedFetch(request);
      if (!response.ok) throw await Problem.fromResponse(response);
      return response;
    },
  });
}

/**
 * Creates a `fetch` that adds the credential, and retries once with a new token after a 401. A
 * request above the rate limit, which had no effect, waits as long as the API says. Each request
 * starts a trace, unless the application has set a `traceparent`.
 */
export function createAuthenticatedFetch(
  options: Options,
): (request: Request) => Promise<Response> {
  const doFetch = options.fetch ?? globalThis.fetch.bind(globalThis);
  const timeout = options.timeout ?? TIMEOUT_MS;

  const { token } = options;
  const getToken = typeof token === "string" ? () => Promise.resolve(token) : token;

  async function attempt(request: Request, renew: boolean): Promise<Response> {
    const authenticated = new Request(request);
    authenticated.headers.set("Authorization", `Bearer ${await getToken(renew)}`);
    const timeoutController = new AbortController();
    const timer = setTimeout(() => timeoutController.abort(), timeout);
    const signal = AbortSignal.any([request.signal, timeoutController.signal]);
    try {
      return await doFetch(authenticated, { signal });
    } catch (error) {
      if (request.signal.aborted) throw error;
      throw new Unreachable(error);
    } finally {
      clearTimeout(timer);
    }
  }

  return async (original) => {
    const request = new Request(original);
    if (!request.headers.has("traceparent")) request.headers.set("traceparent", makeTraceparent());
    for (let attempts = 1; ; attempts += 1) {
      const retry = request.clone();
      let response = await attempt(request.clone(), false);
      const isRenewable = typeof token !== "string";
      if (response.status === 401 && isRenewable) response = await attempt(retry, true);
      const seconds = Number(response.headers.get("Retry-After") ?? NaN);
      const isRetried = response.status === 429 && seconds <= MAX_WAIT_SECONDS;
      if (!isRetried || attempts === MAX_ATTEMPTS) return response;
      await wait(seconds, request.signal);
    }
  };
}

/** Resolves after so many seconds. Throws the signal's reason when it aborts. */
function wait(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", abort);
      resolve();
    }, seconds * 1000);
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) abort();
  });
}
