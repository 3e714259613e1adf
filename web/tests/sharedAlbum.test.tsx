import { act, type ReactNode } from "react";
import { Problem } from "sightline-client";
import { describe, expect, test } from "vitest";
import { Route } from "wouter";
import AlbumsPage from "../src/albums/AlbumsPage";
import SharedAlbumPage from "../src/albums/SharedAlbumPage";
import { render, type Answers } from "./render";

const album = (id: string, title: string, role: string) => ({ id, title, role, description: null, images: 2, cover: null });

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
  await act(async () => history.replaceState(null, "", path));
  return render(PAGES, answers);
}

const links = (root: HTMLElement) => [...root.querySelectorAll("main li a")].map((each) => each.getAttribute("href"));

describe("a shared album", () => {
  test("shows the role and the images", async () => {
    const { text, root } = await open("/shared-albums/a1");
    expect(text()).toContain("Viewer");
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

test("the albums of others have a section of their own, with the role", async () => {
  const items = [album("a1", "Mountains", "contributor"), album("a2", "Garden", "owner")];
  const { root, calls } = await render(<AlbumsPage />, { "GET /v1/albums": () => ({ items, next_cursor: null }) });
  expect(calls[0]?.init.params?.query).toMatchObject({ role: "any" });
  expect(links(root)).toEqual(["/albums/a2", "/shared-albums/a1"]);
  const section = root.querySelector("section");
  expect(section?.textContent).toBe("Shared with meMountainsContributor");
});
