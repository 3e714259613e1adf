import { act, type ReactNode } from "react";
import { Problem } from "sightline-client";
import { describe, expect, test } from "vitest";
import { Route } from "wouter";
import AlbumChooser from "../src/albums/AlbumChooser";
import AlbumsPage from "../src/albums/AlbumsPage";
// Loaded before a test, in which it would be late.
import "../src/albums/ContributeDialog";
import SharedAlbumPage from "../src/albums/SharedAlbumPage";
import { render, type Answers, type Call } from "./render";
import { makeSummary } from "./samples";

const album = (id: string, title: string, role: string) => ({ id, title, role, sort: "taken_oldest", description: null, images: 2, cover: null });

const image = (id: string, title: string | null) => ({
  id,
  title,
  width: 4,
  height: 3,
  placeholder: null,
  thumbnail: null,
  preview: null,
  renditions: [],
  capture: null,
  place: null,
  description: null,
  original: id === "i2",
});

const IMAGES = [image("i1", "Hut"), image("i2", null)];

const ANSWERS: Answers = {
  "GET /v1/albums/{album_id}": () => album("a1", "Mountains", "viewer"),
  "GET /v1/albums/{album_id}/images": () => ({ items: IMAGES, next_cursor: null }),
  "GET /v1/albums/{album_id}/images/{image_id}": ({ params }) => IMAGES.find(({ id }) => id === params?.path?.image_id),
  "DELETE /v1/albums/{album_id}/membership": () => undefined,
};

const PAGES: ReactNode = (
  <>
    <Route path="/shared-albums/:album" component={SharedAlbumPage} />
    <Route path="/shared-albums/:album/photos/:image" component={SharedAlbumPage} />
  </>
);

async function open(path: string, answers: Answers = ANSWERS) {
  // What the previous test rendered would follow the path.
  await render(null);
  await act(async () => history.replaceState(null, "", path));
  return render(PAGES, answers);
}

const links = (root: HTMLElement) => [...root.querySelectorAll("main li a")].map((each) => each.getAttribute("href"));

describe("a shared album", () => {
  test("shows the role and the images", async () => {
    const { text, root } = await open("/shared-albums/a1");
    expect(text()).toContain("Viewer · Date taken, oldest first");
    expect(text()).not.toContain("Add photos");
    expect(root.querySelector(".select-mark")).toBeNull();
    expect(links(root)).toEqual(["/shared-albums/a1/photos/i1", "/shared-albums/a1/photos/i2"]);
  });

  test("offers the originals that the user may download", async () => {
    const first = await open("/shared-albums/a1/photos/i1");
    expect(first.root.querySelector("h1")?.textContent).toBe("Hut");
    expect(first.text()).not.toContain("Download");
    const second = await open("/shared-albums/a1/photos/i2");
    expect(second.root.querySelector("h1")?.textContent).toBe("Photo 2");
    expect(second.text()).toContain("Download");
  });

  test("is left after a question that names it", async () => {
    const { click, calls, text } = await open("/shared-albums/a1");
    await click("Leave album");
    expect(text()).toContain("Leave “Mountains”?");
    expect(calls.some(({ request }) => request.startsWith("DELETE"))).toBe(false);
    await click("Leave album");
    expect(calls.find(({ request }) => request.startsWith("DELETE"))?.init.params?.path).toEqual({ album_id: "a1" });
    expect(location.pathname).toBe("/albums");
  });

  test("that is no longer shared leads to the albums", async () => {
    const gone = () => {
      throw new Problem(404, "album_not_found", "");
    };
    const { text } = await open("/shared-albums/a1", { "GET /v1/albums/{album_id}": gone });
    expect(text()).toContain("You can’t see this album");
  });

  test("of the user opens the user's own page of it", async () => {
    await open("/shared-albums/a1", { "GET /v1/albums/{album_id}": () => album("a1", "Mountains", "owner") });
    expect(location.pathname).toBe("/albums/a1");
  });
});

describe("a contributor", () => {
  const items = [{ ...IMAGES[0], own: true }, { ...IMAGES[1], own: false }];
  const answers: Answers = {
    ...ANSWERS,
    "GET /v1/albums/{album_id}": () => album("a1", "Mountains", "contributor"),
    "GET /v1/albums/{album_id}/images": () => ({ items, next_cursor: null }),
    "GET /v1/images": () => ({ items: [makeSummary(1), makeSummary(2), makeSummary(3, { id: "i1" })], next_cursor: null }),
    "POST /v1/albums/{album_id}/images": ({ body }) => outcomes(body),
    "POST /v1/albums/{album_id}/images/delete": ({ body }) => outcomes(body),
  };
  const outcomes = (body: unknown) => ({ items: (body as { ids: string[] }).ids.map((id) => ({ id, status: 204, problem: null })) });
  const sent = (calls: Call[], path: string) => calls.filter(({ request }) => request === `POST ${path}`).map(({ init }) => init.body);

  test("adds own photos that the album does not have, with what others get of them", async () => {
    const { click, choose, calls, button, root } = await open("/shared-albums/a1", answers);
    await click("Add photos");
    const photos = () => [...root.querySelectorAll(".photo-picker button")].map((each) => each.getAttribute("aria-label"));
    expect(photos()).toEqual(["photo 1", "photo 2"]);
    expect(button("Add 0 photos").disabled).toBe(true);
    await click("photo 2");
    await choose("Titles");
    await click("Add 1 photo");
    const [body] = sent(calls, "/v1/albums/{album_id}/images");
    expect(body).toEqual({ ids: [makeSummary(2).id], metadata: true, position: false, original: false });
    expect(root.querySelector("dialog")).toBeNull();
    expect(calls.filter(({ request }) => request === "GET /v1/albums/{album_id}/images")).toHaveLength(2);
  });

  test("takes own photos out of the album, and no others", async () => {
    const { click, calls, root, text } = await open("/shared-albums/a1", answers);
    expect([...root.querySelectorAll(".select-mark")].map((each) => each.getAttribute("aria-label"))).toEqual(["Select Hut"]);
    await click("Select Hut");
    expect(text()).toContain("1 selected");
    await click("Remove 1 photo from the album");
    expect(sent(calls, "/v1/albums/{album_id}/images/delete")).toEqual([{ ids: ["i1"] }]);
    expect(text()).not.toContain("1 selected");
  });

  test("finds the albums of others beside own ones where photos are added to an album", async () => {
    const all = [album("a1", "Mountains", "contributor"), album("a2", "Garden", "owner"), album("a3", "Lake", "viewer")];
    const chooser = <AlbumChooser ids={["i1"]} onClose={() => {}} onDone={() => {}} />;
    const { click, calls, root } = await render(chooser, { ...answers, "GET /v1/albums": () => ({ items: all, next_cursor: null }) });
    const choices = [...root.querySelectorAll(".album-choice")].map((each) => each.textContent);
    expect(choices).toEqual(["MountainsShared with me", "Garden2 photos"]);
    await click("MountainsShared with me");
    expect(sent(calls, "/v1/albums/{album_id}/images")).toEqual([{ ids: ["i1"] }]);
  });
});

test("the albums of others have a section of their own, with the role", async () => {
  const items = [album("a1", "Mountains", "contributor"), album("a2", "Garden", "owner")];
  const { root, calls } = await render(<AlbumsPage />, { "GET /v1/albums": () => ({ items, next_cursor: null }) });
  expect(calls[0]?.init.params?.query).toMatchObject({ role: "any" });
  expect(links(root)).toEqual(["/albums/a2", "/shared-albums/a1"]);
  const section = root.querySelector("section");
  expect(section?.textContent).toBe("Shared with meMountainsContributor");
});
