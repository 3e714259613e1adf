import type { components } from "./schema.js";

type Body = components["schemas"]["ProblemBody"];

/** What is wrong with one field of a request. */
export type FieldError = components["schemas"]["FieldError"];

/** An error response of the API (RFC 9457): `code` is for programs, `detail` for people. */
export class Problem extends Error {
  override readonly name = "Problem";

  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    /** Seconds to wait before a retry; null if the response has no `Retry-After`. */
    readonly retryAfter: number | null = null,
    /** The invalid fields of the request; empty for other problems. */
    readonly errors: readonly FieldError[] = [],
    /** The id of the request in the API's logs; null if a proxy in between has responded. */
    readonly requestId: string | null = null,
  ) {
    super(`${code}: ${detail}`);
  }

  /** Returns the problem of any error response, including one of a proxy in between. */
  static async fromResponse(response: Response): Promise<Problem> {
    const seconds = Number(response.headers.get("Retry-After") ?? NaN);
    const retryAfter = Number.isFinite(seconds) ? seconds : null;
    const body = await readBody(response);
    return new Problem(
      response.status,
      body?.code ?? `http_${response.status}`,
      body?.detail ?? response.statusText,
      retryAfter,
      Array.isArray(body?.errors) ? body.errors : [],
      response.headers.get("X-Request-Id"),
    );
  }
}

/** There was no response: the network or the API is down. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";

  constructor(cause: unknown) {
    super("The API cannot be reached.", { cause });
  }
}

async function readBody(response: Response): Promise<Body | null> {
  if (!response.headers.get("Content-Type")?.includes("application/problem+json")) return null;
  try {
    return (await response.json()) as Body;
  } catch {
    return null;
  }
}
