import createFetchClient, { type Client } from "openapi-fetch";
import { Problem, Unreachable } from "./problem.js";
import type { components, paths } from "./schema.js";

export type Schemas = components["schemas"];

/** Every call of the API, typed by its document. An answer that is an error is thrown. */
export type Sightline = Client<paths>;

export interface Options {
  /** Where the API is, without `/v1`; empty for where the page is. */
  baseUrl: string;
  /** An access token; `renew` asks for another one than was given last, which was refused. */
  token(renew: boolean): Promise<string>;
  /** Milliseconds until an answer has to have begun. */
  timeout?: number;
  fetch?: typeof globalThis.fetch;
}

const TIMEOUT = 35_000;

/** A client that signs in each call. Calls throw `Problem`, `Unreachable`, and what `token` throws. */
export function createSightline(options: Options): Sightline {
  const send = createSender(options);
  return createFetchClient<paths>({
    baseUrl: options.baseUrl,
    fetch: async (request) => {
      const response = await send(request);
      if (!response.ok) throw await Problem.of(response);
      return response;
    },
  });
}

/** Sends a request with a token, and once more with a new one where that was refused. */
export function createSender(options: Options): (request: Request) => Promise<Response> {
  const call = options.fetch ?? globalThis.fetch.bind(globalThis);
  const timeout = options.timeout ?? TIMEOUT;

  async function attempt(request: Request, renew: boolean): Promise<Response> {
    const signed = new Request(request);
    signed.headers.set("Authorization", `Bearer ${await options.token(renew)}`);
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), timeout);
    try {
      return await call(signed, { signal: AbortSignal.any([request.signal, late.signal]) });
    } catch (error) {
      if (request.signal.aborted) throw error;
      throw new Unreachable(error);
    } finally {
      clearTimeout(timer);
    }
  }

  return async (request) => {
    const again = request.clone();
    const response = await attempt(request, false);
    return response.status === 401 ? attempt(again, true) : response;
  };
}
