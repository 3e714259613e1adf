import type { components } from "./schema.js";

type Body = components["schemas"]["ProblemBody"];

/** What the API says went wrong: `code` is for programs, `detail` for people. */
export class Problem extends Error {
  override readonly name = "Problem";

  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    /** Seconds after which another try is worth it, where the API says so. */
    readonly retryAfter: number | null = null,
  ) {
    super(`${code}: ${detail}`);
  }

  /** The problem in an answer; also of one that something in between has given. */
  static async of(response: Response): Promise<Problem> {
    const seconds = Number(response.headers.get("Retry-After") ?? NaN);
    const after = Number.isFinite(seconds) ? seconds : null;
    const body = await readBody(response);
    return new Problem(
      response.status,
      body?.code ?? `http_${response.status}`,
      body?.detail ?? response.statusText,
      after,
    );
  }
}

/** Nothing answered: the network or the API is away. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";

  constructor(cause: unknown) {
    super("The API cannot be reached.", { cause });
  }
}

async function readBody(response: Response): Promise<Body | null> {
  if (!response.headers.get("Content-Type")?.includes("application/problem+json")) return null;
  return (await response.json()) as Body;
}
