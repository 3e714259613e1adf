import { beforeEach, describe, expect, test, vi } from "vitest";
import { Cognito, CognitoUnavailable, CognitoError, type Tokens } from "../src/session/cognito";
import { Session, SignedOut } from "../src/session/session";
import type { SessionVault, StoredSession } from "../src/session/vault";
import { makeToken } from "./samples";

const CONFIG = {
  api: "",
  cognito: { endpoint: "https://cognito.example/", poolId: "p", clientId: "c" },
  features: { offered: [], default: [] },
  signUp: true,
};

let cognito: Cognito;
let serial = 0;

function makeTokens(changes: Partial<Tokens> = {}): Tokens {
  serial += 1;
  return { AccessToken: makeToken("me") + serial, IdToken: "", RefreshToken: "refresh", ExpiresIn: 3600, ...changes };
}

const makeSession = () => new Session(cognito, CONFIG, sessionStorage);

/** Keeps a session in memory, as the browser does between two starts. */
class MemoryVault implements SessionVault {
  kept: StoredSession | null = null;

  async load() {
    return this.kept;
  }

  async save(session: StoredSession) {
    this.kept = session;
  }

  async remove(owner: string) {
    if (this.kept?.owner === owner) this.kept = null;
  }
}

beforeEach(() => {
  sessionStorage.clear();
  localStorage.clear();
  cognito = new Cognito(CONFIG.cognito.endpoint, "c");
});

test("the owner is read from the token, which is reused", async () => {
  const refresh = vi.spyOn(cognito, "refresh");
  const session = makeSession();
  const tokens = makeTokens();
  session.start("me@example.com", tokens);
  expect(session.state).toEqual({ kind: "signedIn", owner: "me", email: "me@example.com", fromPage: false });
  expect(await session.token()).toBe(tokens.AccessToken);
  expect(refresh).not.toHaveBeenCalled();
});

test("localStorage, which outlives the tab, has no token", () => {
  makeSession().start("me@example.com", makeTokens());
  expect(localStorage.length).toBe(0);
});

test("the ID token is that of the last renewal", async () => {
  const session = makeSession();
  session.start("me@example.com", makeTokens({ IdToken: "first", ExpiresIn: 30 }));
  vi.spyOn(cognito, "refresh").mockResolvedValue(makeTokens({ IdToken: "second" }));
  expect(await session.idToken()).toBe("second");
});

test("an expiring token is renewed once for concurrent callers", async () => {
  const fresh = makeTokens();
  const refresh = vi.spyOn(cognito, "refresh").mockResolvedValue(fresh);
  const session = makeSession();
  session.start("me@example.com", makeTokens({ ExpiresIn: 30 }));
  const tokens = await Promise.all([session.token(), session.token(), session.token(true)]);
  expect(new Set(tokens)).toEqual(new Set([fresh.AccessToken]));
  expect(refresh).toHaveBeenCalledOnce();
});

describe("a reload", () => {
  const stay = (changes: Partial<Tokens> = {}) => makeSession().start("me@example.com", makeTokens(changes));

  test("resumes the session with the access token, without Cognito", async () => {
    stay();
    const refresh = vi.spyOn(cognito, "refresh");
    const session = makeSession();
    expect(session.state.kind).toBe("restoring");
    await session.restore();
    expect(session.state).toEqual({ kind: "signedIn", owner: "me", email: "me@example.com", fromPage: false });
    expect(await session.token()).toContain(".");
    expect(refresh).not.toHaveBeenCalled();
  });

  test("renews an access token that is about to expire", async () => {
    stay({ ExpiresIn: 30 });
    const fresh = makeTokens();
    const refresh = vi.spyOn(cognito, "refresh").mockResolvedValue(fresh);
    const session = makeSession();
    await session.restore();
    expect(session.state.kind).toBe("signedIn");
    expect(await session.token()).toBe(fresh.AccessToken);
    expect(refresh).toHaveBeenCalledOnce();
  });

  test("signs out if the session has expired", async () => {
    stay({ ExpiresIn: 30 });
    vi.spyOn(cognito, "refresh").mockRejectedValue(new CognitoError("NotAuthorizedException", "revoked"));
    const session = makeSession();
    await session.restore();
    expect(session.state).toEqual({ kind: "signedOut", expired: true });
    expect(sessionStorage.length).toBe(0);
  });

  test("keeps the session while Cognito is unavailable", async () => {
    stay({ ExpiresIn: 30 });
    vi.spyOn(cognito, "refresh").mockRejectedValue(new CognitoUnavailable());
    const session = makeSession();
    await session.restore();
    expect(session.state.kind).toBe("signedIn");
    await expect(session.token()).rejects.toBeInstanceOf(CognitoUnavailable);
    vi.spyOn(cognito, "refresh").mockResolvedValue(makeTokens());
    await expect(session.token()).resolves.toContain(".");
  });
});

describe("a restart of the browser", () => {
  let vault: MemoryVault;
  const start = () => new Session(cognito, CONFIG, sessionStorage, vault);

  beforeEach(() => {
    vault = new MemoryVault();
    vi.spyOn(cognito, "refresh").mockResolvedValue(makeTokens({ RefreshToken: undefined }));
  });

  /** Close the browser, which ends every tab. */
  const restart = async () => {
    sessionStorage.clear();
    const session = start();
    await session.restore();
    return session;
  };

  test("continues the session by default", async () => {
    start().start("me@example.com", makeTokens());
    expect((await restart()).state).toMatchObject({ kind: "signedIn", owner: "me" });
  });

  test("finds nothing if the user does not stay signed in", () => {
    const session = start();
    session.isKept = false;
    session.start("me@example.com", makeTokens());
    expect(vault.kept).toBeNull();
  });

  test("follows a refresh token that was rotated", async () => {
    start().start("me@example.com", makeTokens({ ExpiresIn: 30 }));
    vi.spyOn(cognito, "refresh").mockResolvedValue(makeTokens({ RefreshToken: "rotated" }));
    await restart();
    expect(vault.kept?.refreshToken).toBe("rotated");
  });

  test("finds nothing after signing out, but another user's session", async () => {
    const revoke = vi.spyOn(cognito, "revoke").mockResolvedValue({});
    const session = start();
    session.start("me@example.com", makeTokens());
    await session.signOut();
    expect(revoke).toHaveBeenCalledOnce();
    expect(vault.kept).toBeNull();
    session.start("me@example.com", makeTokens());
    vault.kept = { refreshToken: "theirs", email: "you@example.com", owner: "you" };
    await session.signOut();
    expect(vault.kept.refreshToken).toBe("theirs");
  });
});

test("a new tab resumes the session of another tab", async () => {
  vi.spyOn(cognito, "refresh").mockResolvedValue(makeTokens());
  const first = makeSession();
  first.start("me@example.com", makeTokens());
  sessionStorage.clear();
  const second = makeSession();
  await second.restore();
  expect(second.state.kind).toBe("signedIn");
});

test("signing out revokes the token and signs out other tabs", async () => {
  const revoke = vi.spyOn(cognito, "revoke").mockResolvedValue({});
  const [first, second] = [makeSession(), makeSession()];
  first.start("me@example.com", makeTokens());
  second.start("me@example.com", makeTokens());
  await first.signOut();
  expect(revoke).toHaveBeenCalledWith("refresh");
  expect(first.state).toEqual({ kind: "signedOut", expired: false });
  await vi.waitFor(() => expect(second.state.kind).toBe("signedOut"));
  await expect(first.token()).rejects.toBeInstanceOf(SignedOut);
});

test("signing out works while Cognito is unavailable", async () => {
  vi.spyOn(cognito, "revoke").mockRejectedValue(new CognitoUnavailable());
  const session = makeSession();
  session.start("me@example.com", makeTokens());
  await session.signOut();
  expect(session.state.kind).toBe("signedOut");
});

describe("Cognito", () => {
  const respond = (status: number, body: string) => vi.spyOn(globalThis, "fetch").mockResolvedValue(new Response(body, { status }));

  test("receives its operation in a header", async () => {
    const fetched = respond(200, "{}");
    await cognito.signUp("a@b.c", "secret");
    const [url, init] = fetched.mock.calls[0]!;
    expect(url).toBe(CONFIG.cognito.endpoint);
    expect(new Headers(init?.headers).get("X-Amz-Target")).toBe("AWSCognitoIdentityProviderService.SignUp");
    expect(JSON.parse(String(init?.body))).toMatchObject({ ClientId: "c", Username: "a@b.c" });
  });

  test("returns errors with a code", async () => {
    respond(400, '{"__type":"com.amazonaws#CodeMismatchException","message":"no"}');
    await expect(cognito.confirm("a@b.c", "1")).rejects.toMatchObject({ code: "CodeMismatchException" });
  });

  test.each([["<html>", 502], ["", 500]])("is unavailable if it responds with %j", async (body, status) => {
    respond(status, body);
    await expect(cognito.forgotPassword("a@b.c")).rejects.toBeInstanceOf(CognitoUnavailable);
  });

  test("is unavailable if the network fails", async () => {
    vi.spyOn(globalThis, "fetch").mockRejectedValue(new TypeError("network"));
    await expect(cognito.refresh("x")).rejects.toBeInstanceOf(CognitoUnavailable);
  });
});
