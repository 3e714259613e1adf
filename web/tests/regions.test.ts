import { expect, test } from "vitest";
import { findRegions } from "../src/viewer/regions";
import { makeImage } from "./samples";

const box = (size: number) => ({ left: 0, top: 0, width: size, height: size });

function makeDetected() {
  const image = makeImage(1);
  image.recognition.labels = [
    { name: "Dog", confidence: 97, instances: [{ box: box(0.5), confidence: 96 }, { box: box(0.2), confidence: 80 }] },
    { name: "Sky", confidence: 99, instances: [] },
  ];
  image.recognition.faces = [{ box: box(0.1), confidence: 99 }];
  image.recognition.text = [
    { text: "OPEN NOW", confidence: 98, is_line: true, line: 0, box: box(0.3) },
    { text: "OPEN", confidence: 98, is_line: false, line: 0, box: box(0.15) },
  ];
  return image;
}

test("objects, faces and lines of text have boxes, the smallest on top", () => {
  const found = findRegions(makeDetected(), "Face").map(({ kind, name, group }) => [kind, name, group]);
  expect(found).toEqual([
    ["object", "Dog", "object Dog"],
    ["text", "OPEN NOW", "text 0"],
    ["object", "Dog", "object Dog"],
    ["face", "Face", "face 0"],
  ]);
});

test("a hidden label has no boxes", () => {
  const image = { ...makeDetected(), labels_hidden: ["dog"] };
  expect(findRegions(image, "Face").map((region) => region.kind)).toEqual(["text", "face"]);
});
