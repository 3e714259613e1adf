import { describe, expect, test, vi } from "vitest";
import ShareDialog from "../src/sharing/ShareDialog";
import SharedLinksPage from "../src/sharing/SharedLinksPage";
import { changeSettings, NEW_LINK, readSettings, toChanges, toRequest } from "../src/sharing/shareSettings";
import type { ShareLink } from "../src/api/shareLinks";
import type { Services } from "../src/services";
import { render, type Answers } from "./render";

const LINK: ShareLink = {
  id: "l1",
  image_id: null,
  album_id: "a1",
  prefix: "k3Fv",
  has_password: true,
  original: false,
  metadata: true,
  position: false,
  created_at: "2026-05-10T12:00:00Z",
  expires_at: null,
  opened: 3,
  last_opened_at: "2026-05-11T12:00:00Z",
};

const ANSWERS: Answers = {
  "GET /v1/share-links": () => ({ items: [LINK], next_cursor: null }),
  "GET /v1/albums/{album_id}": () => ({ id: "a1", title: "Mountains", images: 2, cover: null }),
  "PATCH /v1/share-links/{share_link_id}": () => LINK,
  "DELETE /v1/share-links/{share_link_id}": () => undefined,
};

describe("settings", () => {
  test("originals are shared together with metadata and position", () => {
    const all = changeSettings(NEW_LINK, { original: true });
    expect([all.metadata, all.position, all.original]).toEqual([true, true, true]);
    const fewer = changeSettings(all, { original: false, position: false });
    expect([fewer.metadata, fewer.position, fewer.original]).toEqual([true, false, false]);
  });

  test("a new link has a password only if it is protected", () => {
    const typed = { ...NEW_LINK, password: "secret" };
    expect(toRequest({ image_id: "i" }, typed).password).toBeNull();
    expect(toRequest({ image_id: "i" }, { ...typed, protect: true, days: null })).toEqual({
      image_id: "i",
      expires_in_days: null,
      password: "secret",
      metadata: false,
      position: false,
      original: false,
    });
  });

  test("what is not changed is not sent", () => {
    const settings = readSettings(LINK);
    const kept = { metadata: true, position: false, original: false };
    expect(toChanges(settings)).toEqual(kept);
    expect(toChanges({ ...settings, protect: false })).toEqual({ ...kept, password: null });
    expect(toChanges({ ...settings, password: "other", days: 7 })).toEqual({ ...kept, password: "other", expires_in_days: 7 });
    expect(toChanges({ ...settings, days: null })).toEqual({ ...kept, expires_in_days: null });
  });
});

test.each([
  ["", "/v1/shared/k3FvbQ0x8Jm2kTz5WcR7nYp4Ld/page"],
  // On another origin, the page of the API does not find the viewer.
  ["https://api.example", "/s/k3FvbQ0x8Jm2kTz5WcR7nYp4Ld"],
])("a new link is shown once and copied (API at '%s')", async (api, path) => {
  const written = vi.spyOn(navigator.clipboard, "writeText").mockResolvedValue();
  const answers: Answers = {
    "POST /v1/share-links": () => ({ share_link: LINK, token: "k3FvbQ0x8Jm2kTz5WcR7nYp4Ld", path: "/v1/shared/k3FvbQ0x8Jm2kTz5WcR7nYp4Ld" }),
  };
  const { click, calls, root } = await render(<ShareDialog target={{ album_id: "a1" }} name="Mountains" onClose={() => {}} />, answers, { config: { api } as Services["config"] });
  await click("Create link");
  expect(calls[0]?.init.body).toMatchObject({ album_id: "a1", expires_in_days: 30, password: null });
  const url = root.querySelector<HTMLInputElement>("input[readonly]")?.value;
  expect(url).toBe(new URL(path, location.href).href);
  await click("Copy link");
  expect(written).toHaveBeenCalledWith(url);
});

describe("the page of links", () => {
  test("shows what each link shows, and how often it was opened", async () => {
    const { text } = await render(<SharedLinksPage />, ANSWERS);
    for (const part of ["Mountains", "Opened 3 times", "Doesn’t expire", "/s/k3Fv…", "Password", "Details"]) {
      expect(text()).toContain(part);
    }
    expect(text()).not.toContain("Downloads");
  });

  test("changes the settings of a link", async () => {
    const { click, calls } = await render(<SharedLinksPage />, ANSWERS);
    await click("Change: Mountains");
    await click("Save");
    const sent = calls.find(({ request }) => request.startsWith("PATCH"));
    expect(sent?.init.params?.path).toEqual({ share_link_id: "l1" });
    expect(sent?.init.body).toEqual({ metadata: true, position: false, original: false });
  });

  test("revokes a link after a question that names it", async () => {
    const { click, calls, text } = await render(<SharedLinksPage />, ANSWERS);
    await click("Revoke: Mountains");
    expect(text()).toContain("Revoke the link to “Mountains”?");
    expect(calls.some(({ request }) => request.startsWith("DELETE"))).toBe(false);
    await click("Revoke");
    expect(calls.some(({ request }) => request.startsWith("DELETE"))).toBe(true);
  });

  test("leads to the albums if there is none", async () => {
    const { root } = await render(<SharedLinksPage />, { "GET /v1/share-links": () => ({ items: [], next_cursor: null }) });
    expect(root.querySelector("a.button")?.getAttribute("href")).toBe("/albums");
  });
});
