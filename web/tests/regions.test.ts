import { expect, test } from "vitest";
import { findRegions } from "../src/picture/regions";
import { makePicture } from "./samples";

const box = (size: number) => ({ left: 0, top: 0, width: size, height: size });

function seen() {
  const picture = makePicture(1);
  picture.recognition.labels = [
    { name: "Dog", confidence: 97, instances: [{ box: box(0.5), confidence: 96 }, { box: box(0.2), confidence: 80 }] },
    { name: "Sky", confidence: 99, instances: [] },
  ];
  picture.recognition.faces = [{ box: box(0.1), confidence: 99 }];
  picture.recognition.text = [
    { text: "OPEN NOW", confidence: 98, is_line: true, line: 0, box: box(0.3) },
    { text: "OPEN", confidence: 98, is_line: false, line: 0, box: box(0.15) },
  ];
  return picture;
}

test("things, faces and lines of text have boxes, the smallest on top", () => {
  const found = findRegions(seen(), "Face").map(({ kind, name, group }) => [kind, name, group]);
  expect(found).toEqual([
    ["thing", "Dog", "thing Dog"],
    ["text", "OPEN NOW", "text 0"],
    ["thing", "Dog", "thing Dog"],
    ["face", "Face", "face 0"],
  ]);
});

test("a label that is hidden has no boxes", () => {
  const picture = { ...seen(), labels_hidden: ["dog"] };
  expect(findRegions(picture, "Face").map((region) => region.kind)).toEqual(["text", "face"]);
});
