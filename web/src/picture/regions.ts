import type { Box, Picture } from "../api/types";

export type RegionKind = "thing" | "face" | "text";

/** A part of a picture that something was recognised in; its box is in shares of width and height. */
export interface Region {
  id: string;
  kind: RegionKind;
  /** What the list beside the picture calls it by; several regions may share one. */
  group: string;
  name: string;
  /** 0 to 100. */
  confidence: number;
  box: Box;
}

/** All that is known to be somewhere, the largest first, so that small ones lie on top. */
export function findRegions(picture: Picture, faceName: string): Region[] {
  const { labels, faces, text } = picture.recognition;
  const hidden = new Set(picture.labels_hidden.map((name) => name.toLowerCase()));
  const things = (labels ?? [])
    .filter((label) => !hidden.has(label.name.toLowerCase()))
    .flatMap((label) =>
      (label.instances ?? []).map(({ box, confidence }, index) => ({
        id: `thing ${label.name} ${index}`,
        kind: "thing" as const,
        group: groupOf("thing", label.name),
        name: label.name,
        confidence,
        box,
      })),
    );
  const found = (faces ?? []).map(({ box, confidence }, index) => ({
    id: `face ${index}`,
    kind: "face" as const,
    group: groupOf("face", index),
    name: faceName,
    confidence,
    box,
  }));
  const lines = (text ?? [])
    .filter((each) => each.is_line)
    .map((each) => ({
      id: `text ${each.line}`,
      kind: "text" as const,
      group: groupOf("text", each.line),
      name: each.text,
      confidence: each.confidence,
      box: each.box,
    }));
  return [...things, ...found, ...lines].sort((a, b) => areaOf(b.box) - areaOf(a.box));
}

export function groupOf(kind: RegionKind, name: string | number): string {
  return `${kind} ${name}`;
}

function areaOf(box: Box): number {
  return box.width * box.height;
}
