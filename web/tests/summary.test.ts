import { expect, test } from "vitest";
import { summarizeImage } from "../src/api/summary";
import type { ImageView } from "../src/api/types";
import { makeImage } from "./samples";

type Rendition = ImageView["renditions"]["items"][number];

const rendition = (name: string, width: number, height: number): Rendition => ({
  name,
  width,
  height,
  media_type: "image/webp",
  bytes: 1000,
  url: `https://files.example/${name}`,
});

function makeRendered(...items: Rendition[]): ImageView {
  const image = makeImage(1);
  return { ...image, renditions: { ...image.renditions, items } };
}

test("the thumbnail is the smallest rendition, the preview the smallest of at least 1,024 pixels", () => {
  const image = makeRendered(rendition("full", 1365, 2048), rendition("thumb", 171, 256), rendition("preview", 683, 1024));
  expect(summarizeImage(image)).toMatchObject({
    thumbnail: { url: "https://files.example/thumb", width: 171, height: 256 },
    preview: { url: "https://files.example/preview", width: 683, height: 1024 },
  });
});

test("the preview of a small image is its largest rendition", () => {
  const { thumbnail, preview } = summarizeImage(makeRendered(rendition("thumb", 256, 192), rendition("preview", 800, 600)));
  expect(thumbnail?.width).toBe(256);
  expect(preview?.width).toBe(800);
});

test("an image without renditions or capture details has neither links nor a place", () => {
  expect(summarizeImage(makeImage(1))).toMatchObject({ thumbnail: null, preview: null, taken_at: null, place: null });
});

test("the capture time and place are included", () => {
  const place = { latitude: 47, longitude: 11.5, altitude: null, direction: null };
  const image = makeImage(1, { taken_at_local: "2026-06-21T18:00:00", place });
  expect(summarizeImage(image)).toMatchObject({ taken_at_local: "2026-06-21T18:00:00", place });
});
