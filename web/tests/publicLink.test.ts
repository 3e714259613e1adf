import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createPublicApi, isGone, PublicLink, requiresPassword } from "../src/public/publicApi";

const TOKEN = "k3FvbQ0x8Jm2kTz5WcR7nYp4Ld";

let sent: Request[];
let answer: () => Response;

beforeEach(() => {
  sessionStorage.clear();
  sent = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    sent.push(request);
    return answer();
  });
});

afterEach(() => vi.unstubAllGlobals());

const makeLink = () => new PublicLink(createPublicApi("https://api.example"), TOKEN, sessionStorage);
const json = (body: object, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/problem+json" } });
const { signal } = new AbortController();

test("requests carry no credential of a user", async () => {
  answer = () => json({ kind: "album" });
  await makeLink().fetchView(signal);
  expect(sent[0]?.url).toBe(`https://api.example/v1/shared/${TOKEN}`);
  expect(sent[0]?.headers.has("Authorization")).toBe(false);
  expect(sent[0]?.headers.has("Share-Access")).toBe(false);
});

test("after the password, requests carry its proof, also after a reload", async () => {
  answer = () => json({ access: "proof", expires_at: "2026-05-10T12:00:00Z" });
  await makeLink().unlock("open sesame");
  expect(await sent[0]?.json()).toEqual({ password: "open sesame" });
  answer = () => json({ items: [], next_cursor: null });
  await makeLink().fetchImages(null, signal);
  expect(sent[1]?.headers.get("Share-Access")).toBe("proof");
});

test("a missing password and a missing link are distinguished", async () => {
  answer = () => json({ status: 403, code: "share_password_required", detail: "" }, 403);
  const locked = await makeLink().fetchView(signal).catch((error: unknown) => error);
  expect([requiresPassword(locked), isGone(locked)]).toEqual([true, false]);
  answer = () => json({ status: 404, code: "shared_not_found", detail: "" }, 404);
  const gone = await makeLink().fetchView(signal).catch((error: unknown) => error);
  expect([requiresPassword(gone), isGone(gone)]).toEqual([false, true]);
});
