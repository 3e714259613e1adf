import { act } from "react";
import { expect, test } from "vitest";
import { Route } from "wouter";
import ImagePage from "../src/viewer/ImagePage";
import { render, type Answers } from "./render";
import { makeImage, makeSummary } from "./samples";

const album = { id: "a1", title: "Mountains", role: "owner", sort: "uploaded_oldest", description: null, images: 2, cover: null };

const IMAGES = [makeSummary(1), makeSummary(2)];

const ANSWERS: Answers = {
  "GET /v1/albums/{album_id}": () => album,
  "GET /v1/images": () => ({ items: IMAGES, next_cursor: null }),
  "GET /v1/images/{image_id}": ({ params }) => [makeImage(1), makeImage(2)].find(({ id }) => id === params?.path?.image_id),
};

async function open(path: string, answers: Answers = ANSWERS) {
  await render(null);
  await act(async () => history.replaceState(null, "", path));
  return render(<Route path="/albums/:album/photos/:id" component={ImagePage} />, answers);
}

test("a photo of an album fetches the list of the album once, in its order", async () => {
  const { calls, root } = await open(`/albums/a1/photos/${IMAGES[0]!.id}`);
  expect(root.querySelector(".viewer-nav a")?.getAttribute("href")).toBe(`/albums/a1/photos/${IMAGES[1]!.id}`);
  const lists = calls.filter(({ request }) => request === "GET /v1/images");
  expect(lists.map(({ init }) => init.params?.query)).toEqual([expect.objectContaining({ album: "a1", order: "uploaded", sort: "oldest" })]);
});
