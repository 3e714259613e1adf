import { beforeEach, describe, expect, test, vi } from "vitest";
import { Cognito, CognitoAway, Refused, type Tokens } from "../src/session/cognito";
import { Session, SignedOut } from "../src/session/session";
import { makeToken } from "./samples";

const CONFIG = {
  api: "",
  cognito: { endpoint: "https://cognito.example/", poolId: "p", clientId: "c" },
  features: { offered: [], usual: [] },
  signUp: true,
};

let cognito: Cognito;
let serial = 0;

function makeTokens(changes: Partial<Tokens> = {}): Tokens {
  serial += 1;
  return { AccessToken: makeToken("me") + serial, IdToken: "", RefreshToken: "refresh", ExpiresIn: 3600, ...changes };
}

const makeSession = () => new Session(cognito, CONFIG, sessionStorage);

beforeEach(() => {
  sessionStorage.clear();
  localStorage.clear();
  cognito = new Cognito(CONFIG.cognito.endpoint, "c");
});

test("whoever signs in is known by the token, and is not asked again", async () => {
  const refresh = vi.spyOn(cognito, "refresh");
  const session = makeSession();
  const tokens = makeTokens();
  session.enter("me@example.com", tokens);
  expect(session.state).toEqual({ kind: "in", owner: "me", email: "me@example.com" });
  expect(await session.token()).toBe(tokens.AccessToken);
  expect(refresh).not.toHaveBeenCalled();
});

test("an access token is never written down, and nothing is in localStorage", () => {
  const session = makeSession();
  const tokens = makeTokens();
  session.enter("me@example.com", tokens);
  expect(JSON.stringify({ ...sessionStorage })).not.toContain(tokens.AccessToken);
  expect(localStorage.length).toBe(0);
});

test("a token that is near its end is renewed once for all who ask", async () => {
  const fresh = makeTokens();
  const refresh = vi.spyOn(cognito, "refresh").mockResolvedValue(fresh);
  const session = makeSession();
  session.enter("me@example.com", makeTokens({ ExpiresIn: 30 }));
  const told = await Promise.all([session.token(), session.token(), session.token(true)]);
  expect(new Set(told)).toEqual(new Set([fresh.AccessToken]));
  expect(refresh).toHaveBeenCalledOnce();
});

describe("a reload", () => {
  beforeEach(() => makeSession().enter("me@example.com", makeTokens()));

  test("goes on with the session", async () => {
    vi.spyOn(cognito, "refresh").mockResolvedValue(makeTokens());
    const session = makeSession();
    expect(session.state.kind).toBe("restoring");
    await session.restore();
    expect(session.state).toEqual({ kind: "in", owner: "me", email: "me@example.com" });
  });

  test("of a session that has ended says so, and forgets it", async () => {
    vi.spyOn(cognito, "refresh").mockRejectedValue(new Refused("NotAuthorizedException", "revoked"));
    const session = makeSession();
    await session.restore();
    expect(session.state).toEqual({ kind: "out", expired: true });
    expect(sessionStorage.length).toBe(0);
  });

  test("while Cognito is away signs nobody out", async () => {
    vi.spyOn(cognito, "refresh").mockRejectedValue(new CognitoAway());
    const session = makeSession();
    await session.restore();
    expect(session.state.kind).toBe("in");
    await expect(session.token()).rejects.toBeInstanceOf(CognitoAway);
    vi.spyOn(cognito, "refresh").mockResolvedValue(makeTokens());
    await expect(session.token()).resolves.toContain(".");
  });
});

test("a new tab goes on with what another holds", async () => {
  vi.spyOn(cognito, "refresh").mockResolvedValue(makeTokens());
  const first = makeSession();
  first.enter("me@example.com", makeTokens());
  sessionStorage.clear();
  const second = makeSession();
  await second.restore();
  expect(second.state.kind).toBe("in");
});

test("signing out revokes the token, here and in other tabs", async () => {
  const revoke = vi.spyOn(cognito, "revoke").mockResolvedValue({});
  const [first, second] = [makeSession(), makeSession()];
  first.enter("me@example.com", makeTokens());
  second.enter("me@example.com", makeTokens());
  await first.signOut();
  expect(revoke).toHaveBeenCalledWith("refresh");
  expect(first.state).toEqual({ kind: "out", expired: false });
  await vi.waitFor(() => expect(second.state.kind).toBe("out"));
  await expect(first.token()).rejects.toBeInstanceOf(SignedOut);
});

test("signing out works where Cognito is away", async () => {
  vi.spyOn(cognito, "revoke").mockRejectedValue(new CognitoAway());
  const session = makeSession();
  session.enter("me@example.com", makeTokens());
  await session.signOut();
  expect(session.state.kind).toBe("out");
});

describe("Cognito", () => {
  const answer = (status: number, body: string) => vi.spyOn(globalThis, "fetch").mockResolvedValue(new Response(body, { status }));

  test("is called by its own protocol", async () => {
    const fetched = answer(200, "{}");
    await cognito.signUp("a@b.c", "secret");
    const [url, init] = fetched.mock.calls[0]!;
    expect(url).toBe(CONFIG.cognito.endpoint);
    expect(new Headers(init?.headers).get("X-Amz-Target")).toBe("AWSCognitoIdentityProviderService.SignUp");
    expect(JSON.parse(String(init?.body))).toMatchObject({ ClientId: "c", Username: "a@b.c" });
  });

  test("refuses by a code", async () => {
    answer(400, '{"__type":"com.amazonaws#CodeMismatchException","message":"no"}');
    await expect(cognito.confirm("a@b.c", "1")).rejects.toMatchObject({ code: "CodeMismatchException" });
  });

  test.each([["<html>", 502], ["", 500]])("that says %j is away", async (body, status) => {
    answer(status, body);
    await expect(cognito.forgotPassword("a@b.c")).rejects.toBeInstanceOf(CognitoAway);
  });

  test("that cannot be reached is away", async () => {
    vi.spyOn(globalThis, "fetch").mockRejectedValue(new TypeError("network"));
    await expect(cognito.refresh("x")).rejects.toBeInstanceOf(CognitoAway);
  });
});
