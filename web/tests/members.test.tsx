import { act } from "react";
import { describe, expect, test, vi } from "vitest";
import type { AlbumInvitation, AlbumMember } from "../src/api/members";
import ShareDialog from "../src/sharing/ShareDialog";
import { render, type Answers } from "./render";

const SHOWN = { metadata: false, position: false, original: false };

const MEMBER: AlbumMember = {
  id: "m1",
  email: "ann@example.com",
  verified_email: "ann@work.example",
  role: "contributor",
  joined_at: "2026-05-10T12:00:00Z",
  ...SHOWN,
};

const INVITATION: AlbumInvitation = {
  id: "n1",
  email: "ben@example.com",
  role: "viewer",
  created_at: "2026-05-10T12:00:00Z",
  expires_at: "2026-05-24T12:00:00Z",
  emailed_at: null,
  ...SHOWN,
};

const ANSWERS: Answers = {
  "GET /v1/albums/{album_id}/members": () => ({ items: [MEMBER] }),
  "GET /v1/albums/{album_id}/invitations": () => ({ items: [INVITATION] }),
  "POST /v1/albums/{album_id}/invitations": () => ({ invitation: INVITATION, token: "vT3kQ9mZx0Lr7Yb2NcHs5WpJa8", path: "" }),
  "DELETE /v1/albums/{album_id}/members/{member_id}": () => undefined,
  "DELETE /v1/albums/{album_id}/invitations/{invitation_id}": () => undefined,
};

async function open(answers: Answers = {}) {
  const rendered = await render(<ShareDialog target={{ album_id: "a1" }} name="Mountains" onClose={() => {}} />, { ...ANSWERS, ...answers });
  await rendered.choose("Invite people");
  return rendered;
}

describe("people with access to an album", () => {
  test("are listed with their role and verified address", async () => {
    const { text } = await open();
    for (const part of ["ann@work.example", "Invited as ann@example.com", "ben@example.com", "Viewer · Expires on"]) {
      expect(text()).toContain(part);
    }
    expect(document.querySelector<HTMLSelectElement>("[aria-label='Role: ann@work.example']")?.value).toBe("contributor");
  });

  test("are invited, and the link is shown once", async () => {
    const { click, choose, type, calls, root, text } = await open();
    await type("Email", "ben@example.com");
    await type(/^Role/, "contributor");
    await choose("Downloads of the originals");
    await click("Invite");
    expect(calls.find(({ request }) => request.startsWith("POST"))?.init.body).toEqual({
      email: "ben@example.com",
      role: "contributor",
      metadata: true,
      position: true,
      original: true,
    });
    const url = root.querySelector<HTMLInputElement>("input[readonly]")?.value;
    expect(url).toMatch(/\/invitations\/vT3kQ9mZx0Lr7Yb2NcHs5WpJa8$/);
    await click("Close");
    expect(text()).toContain("ann@work.example");
    expect(root.querySelector("input[readonly]")).toBeNull();
  });

  test("get another role from the owner", async () => {
    let role = "contributor";
    const { calls } = await open({
      "GET /v1/albums/{album_id}/members": () => ({ items: [{ ...MEMBER, role }] }),
      "PATCH /v1/albums/{album_id}/members/{member_id}": ({ body }) => ({ ...MEMBER, role: (role = (body as unknown as { role: string }).role) }),
    });
    const select = () => document.querySelector<HTMLSelectElement>("[aria-label='Role: ann@work.example']")!;
    await act(async () => {
      select().value = "viewer";
      select().dispatchEvent(new Event("change", { bubbles: true }));
    });
    await vi.waitFor(() => expect(calls.at(-1)?.request).toBe("GET /v1/albums/{album_id}/members"));
    const { init } = calls.find(({ request }) => request.startsWith("PATCH"))!;
    expect([init.params?.path, init.body]).toEqual([{ album_id: "a1", member_id: "m1" }, { role: "viewer" }]);
    await vi.waitFor(() => expect([select().value, select().disabled]).toEqual(["viewer", false]));
  });

  test.each([
    ["Remove: ann@work.example", "Remove ann@work.example from “Mountains”?", "Remove", "m1"],
    ["Revoke: ben@example.com", "Revoke the invitation of ben@example.com to “Mountains”?", "Revoke", "n1"],
  ])("lose it after a question that names them: %s", async (button, question, confirm, id) => {
    const { click, calls, text } = await open();
    await click(button);
    expect(text()).toContain(question);
    expect(calls.some(({ request }) => request.startsWith("DELETE"))).toBe(false);
    await click(confirm);
    expect(Object.values(calls.find(({ request }) => request.startsWith("DELETE"))?.init.params?.path ?? {})).toEqual(["a1", id]);
  });
});

test("a photo is shared with a link only", async () => {
  const { text } = await render(<ShareDialog target={{ image_id: "i1" }} name="Hut" onClose={() => {}} />);
  expect(text()).toContain("Create link");
  expect(text()).not.toContain("Invite people");
});
