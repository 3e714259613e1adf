import { Problem } from "sightline-client";
import { act } from "react";
import { describe, expect, test } from "vitest";
import { Route } from "wouter";
import InvitationPage from "../src/invitations/InvitationPage";
import type { Services } from "../src/services";
import { render, type Answers } from "./render";

const TOKEN = "vT3kQ9mZx0Lr7Yb2NcHs5WpJa8";

const INVITATION = { album_id: "a1", album_title: "Mountains", role: "contributor", expires_at: "2026-05-24T12:00:00Z" };

const session = { idToken: async () => "id-token" } as Services["session"];

const fail = (status: number, code: string) => () => {
  throw new Problem(status, code, "");
};

const ANSWERS: Answers = {
  "GET /v1/invitations/{token}": () => INVITATION,
  "POST /v1/invitations/{token}/accept": () => ({ album_id: "a1", role: "contributor", joined_at: "2026-05-10T12:00:00Z" }),
  "POST /v1/invitations/{token}/decline": () => undefined,
};

async function open(answers: Answers = ANSWERS) {
  await act(async () => history.replaceState(null, "", `/invitations/${TOKEN}`));
  return render(<Route path="/invitations/:token" component={InvitationPage} />, answers, { session });
}

describe("an invitation", () => {
  test("shows the album and the role", async () => {
    const { text, calls } = await open();
    expect(text()).toContain("Invitation to “Mountains”");
    expect(text()).toContain("add your own");
    expect(calls[0]?.init.params?.path).toEqual({ token: TOKEN });
  });

  test("is accepted with the ID token, and opens the album", async () => {
    const { click, calls } = await open();
    await click("Accept");
    expect(calls.at(-1)?.init.body).toEqual({ id_token: "id-token" });
    expect(location.pathname).toBe("/shared-albums/a1");
  });

  test("is accepted without the ID token if its email address is not verified", async () => {
    const accept = (init: { body?: unknown }) =>
      (init.body as { id_token: string | null }).id_token ? fail(422, "email_not_verified")() : { album_id: "a1" };
    const { click, calls } = await open({ ...ANSWERS, "POST /v1/invitations/{token}/accept": accept });
    await click("Accept");
    expect(calls.at(-1)?.init.body).toEqual({ id_token: null });
    expect(location.pathname).toBe("/shared-albums/a1");
  });

  test("is declined after a question that names the album", async () => {
    const { click, calls, text } = await open();
    await click("Decline");
    expect(text()).toContain("Decline the invitation to “Mountains”?");
    expect(calls).toHaveLength(1);
    await click("Decline");
    expect(calls.at(-1)?.request).toBe("POST /v1/invitations/{token}/decline");
    expect(location.pathname).toBe("/albums");
  });

  test.each(["invitation_not_found", "invalid_request"])("that is %s leads to the albums", async (code) => {
    const { text, root } = await open({ "GET /v1/invitations/{token}": fail(404, code) });
    expect(text()).toContain("This invitation doesn’t work");
    expect(root.querySelector("a.button")?.getAttribute("href")).toBe("/albums");
  });

  test("that was revoked after it was opened is not accepted", async () => {
    const { click, text } = await open({ ...ANSWERS, "POST /v1/invitations/{token}/accept": fail(404, "invitation_not_found") });
    await click("Accept");
    expect(text()).toContain("This invitation doesn’t work");
  });

  test.each([
    ["owner", "This is your own album"],
    ["viewer", "You already have access"],
  ])("opened by the %s leads to the album", async (role, title) => {
    const { click, text, root } = await open({
      ...ANSWERS,
      "POST /v1/invitations/{token}/accept": fail(409, "already_member"),
      "GET /v1/albums/{album_id}": () => ({ id: "a1", title: "Mountains", role }),
    });
    await click("Accept");
    expect(text()).toContain(title);
    expect(root.querySelector("a.button")?.getAttribute("href")).toBe("/albums/a1");
  });
});
