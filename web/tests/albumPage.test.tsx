import { act } from "react";
import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { Route } from "wouter";
import { mergeContributions } from "../src/albums/contributions";
import AlbumPage from "../src/albums/AlbumPage";
import SharedAlbumPage from "../src/albums/SharedAlbumPage";
import ImagePage from "../src/viewer/ImagePage";
// Loaded before a test, in which they would be late.
import "../src/filters/FilterChips";
import "../src/gallery/ViewChoices";
import "../src/selection/SelectionBar";
import { render, type Answers, type Call } from "./render";
import { makeImage, makeSummary } from "./samples";

const album = { id: "a1", title: "Mountains", role: "owner", sort: "taken_oldest", description: null, images: 2, cover: null };

const OWN = [makeSummary(1), makeSummary(3)];

const MEMBER = { id: "m1", email: "invited@example.com", verified_email: "friend@example.com", role: "contributor" };

/** An image as the list of a shared album has it. */
function makeListed(number: number, contributor_id: string | null = null) {
  const { id, status, title, taken_at_local, width, height, animated, projection, placeholder, thumbnail, preview } = makeSummary(number);
  return { id, status, title, taken_at_local, width, height, animated, projection, placeholder, thumbnail, preview, contributor_id, own: contributor_id === null };
}

const LISTED = [makeListed(1), makeListed(2, "m1"), makeListed(3)];
const CONTRIBUTED = LISTED[1]!.id;

// Whole pages are rendered, several times in a test.
vi.setConfig({ testTimeout: 20_000 });

let members: object[] = [];

const ANSWERS: Answers = {
  "GET /v1/albums/{album_id}": () => album,
  "GET /v1/albums/{album_id}/images": () => ({ items: LISTED, next_cursor: null }),
  "GET /v1/albums/{album_id}/images/{image_id}": () => ({ ...LISTED[1], renditions: [], capture: null, place: null, description: null, original: false }),
  "GET /v1/albums/{album_id}/members": () => ({ items: members }),
  "GET /v1/images": () => ({ items: OWN, next_cursor: null }),
  "GET /v1/images/{image_id}": ({ params }) => [makeImage(1), makeImage(3)].find(({ id }) => id === params?.path?.image_id),
  "GET /v1/labels": () => ({ items: [], next_cursor: null }),
  "GET /v1/albums": () => ({ items: [album], next_cursor: null }),
  "PATCH /v1/albums/{album_id}": ({ body }) => ({ ...album, ...(body! as object) }),
  "POST /v1/albums/{album_id}/images/delete": ({ body }) => ({
    items: (body! as { ids: string[] }).ids.map((id) => ({ id, status: 204, problem: null })),
  }),
};

beforeAll(() => {
  Object.defineProperty(HTMLElement.prototype, "clientWidth", { configurable: true, get: () => 800 });
});

beforeEach(() => {
  members = [MEMBER];
  vi.spyOn(HTMLElement.prototype, "getBoundingClientRect").mockReturnValue(new DOMRect(0, 0, 800, 0));
});

async function open(path: string) {
  await render(null);
  await act(async () => history.replaceState(null, "", path));
  const page = await render(
    <>
      <Route path="/albums/:album" component={AlbumPage} />
      <Route path="/albums/:album/photos/:id" component={ImagePage} />
      <Route path="/shared-albums/:album/photos/:image" component={SharedAlbumPage} />
    </>,
    ANSWERS,
  );
  return page;
}

const listed = (calls: Call[], path: string) => calls.filter(({ request }) => request === `GET ${path}`);
const removed = (calls: Call[]) => calls.filter(({ request }) => request.endsWith("/images/delete")).map(({ init }) => init.body);
const tiles = (root: HTMLElement) => [...root.querySelectorAll(".tile")].map((tile) => tile.querySelector("a")!.getAttribute("href"));

describe("an album of the user", () => {
  test("shows photos of members in its order, with who added them", async () => {
    const { root, text } = await open("/albums/a1");
    await vi.waitFor(() => expect(tiles(root)).toEqual([`/albums/a1/photos/${OWN[0]!.id}`, `/shared-albums/a1/photos/${CONTRIBUTED}`, `/albums/a1/photos/${OWN[1]!.id}`]));
    expect([...root.querySelectorAll(".contributor")].map((each) => each.textContent)).toEqual(["friend@example.com"]);
    expect(root.querySelectorAll(".favorite-mark")).toHaveLength(2);
    expect([...root.querySelectorAll(".day-heading")].map((each) => each.textContent)).toEqual(["Sun, May 10"]);
    expect(text()).toContain("2 photos of yours");
  });

  test("offers only to remove a selection that has photos of members", async () => {
    const { root, click, calls, text } = await open("/albums/a1");
    await vi.waitFor(() => expect(tiles(root)).toHaveLength(3));
    await click("Select photo 1");
    expect(root.querySelector("[aria-label='Move 1 photo to the trash']")).not.toBeNull();
    await click("Select photo 2");
    expect(text()).toContain("Photos of others can only be removed.");
    expect([...root.querySelectorAll("[role=toolbar] button")].map((each) => each.getAttribute("aria-label"))).toEqual([
      "Clear selection",
      "Remove 2 photos from the album",
    ]);
    await click("Remove 2 photos from the album");
    expect(removed(calls)).toEqual([{ ids: [OWN[0]!.id, CONTRIBUTED] }]);
    expect(listed(calls, "/v1/albums/{album_id}/images")).toHaveLength(2);
  });

  test("lists photos of members again in another order", async () => {
    const { root, click, choose, calls } = await open("/albums/a1");
    await vi.waitFor(() => expect(tiles(root)).toHaveLength(3));
    await click("Sort and size");
    await vi.waitFor(() => expect(document.body.textContent).toContain("Date taken, newest first"));
    await choose("Date taken, newest first");
    expect(calls.find(({ request }) => request.startsWith("PATCH"))?.init.body).toEqual({ sort: "taken_newest" });
    await vi.waitFor(() => expect(listed(calls, "/v1/albums/{album_id}/images")).toHaveLength(2));
  });

  test("without members does not list their photos", async () => {
    members = [];
    const { root, calls, text } = await open("/albums/a1");
    await vi.waitFor(() => expect(tiles(root)).toHaveLength(2));
    expect(listed(calls, "/v1/albums/{album_id}/images")).toEqual([]);
    expect(text()).toContain("2 photos");
    expect(text()).not.toContain("2 photos of yours");
  });

  test("says that filters find own photos only", async () => {
    const { root, calls, text } = await open("/albums/a1?label=Dog");
    await vi.waitFor(() => expect(tiles(root)).toHaveLength(2));
    expect(text()).toContain("Search and filters find only your photos");
    expect(listed(calls, "/v1/albums/{album_id}/images")).toEqual([]);
  });
});

describe("a photo of an album", () => {
  test("fetches the list of the album once, in its order", async () => {
    const { calls } = await open(`/albums/a1/photos/${OWN[0]!.id}`);
    expect(listed(calls, "/v1/images").map(({ init }) => init.params?.query)).toEqual([
      expect.objectContaining({ album: "a1", order: "taken", sort: "oldest" }),
    ]);
  });

  test("is followed by the photo of a member, which leads back to own ones", async () => {
    const own = await open(`/albums/a1/photos/${OWN[0]!.id}`);
    expect(own.root.querySelector(".viewer-nav a")?.getAttribute("href")).toBe(`/shared-albums/a1/photos/${CONTRIBUTED}`);
    const other = await open(`/shared-albums/a1/photos/${CONTRIBUTED}`);
    expect([...other.root.querySelectorAll(".public-step")].map((each) => each.getAttribute("href"))).toEqual(OWN.map(({ id }) => `/albums/a1/photos/${id}`));
    expect(other.text()).toContain("Added by friend@example.com");
    await other.click("Remove from album");
    expect(removed(other.calls)).toEqual([{ ids: [CONTRIBUTED] }]);
    expect(location.pathname).toBe("/albums/a1");
  });
});

test("own photos wait for the page that says which photos of members are before them", () => {
  const emails = new Map([["m1", "friend@example.com"]]);
  const own = [makeSummary(1), makeSummary(3), makeSummary(5)];
  const page = [makeListed(0, "m1"), makeListed(1), makeListed(2, "m1")];
  const ids = (numbers: number[]) => numbers.map((number) => makeSummary(number).id);
  expect(mergeContributions(own, page, true, emails).map(({ id }) => id)).toEqual(ids([0, 1, 2]));
  const all = [...page, makeListed(3), makeListed(4, "m1")];
  expect(mergeContributions(own, all, false, emails).map(({ id }) => id)).toEqual(ids([0, 1, 2, 3, 4, 5]));
  // An own photo that was just deleted, and its neighbors.
  expect(mergeContributions(own.slice(1), all, false, emails).map(({ id }) => id)).toEqual(ids([0, 2, 3, 4, 5]));
});
