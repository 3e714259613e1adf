import type { BoundingBox, ImageView } from "../api/types";

export type RegionKind = "object" | "face" | "text";

/** A detected object, face or line of text. The box is relative to the image's size, 0 to 1. */
export interface Region {
  id: string;
  kind: RegionKind;
  /** Regions of one group are highlighted together, from an entry in the details panel. */
  group: string;
  name: string;
  /** 0 to 100. */
  confidence: number;
  box: BoundingBox;
}

/** The highlighted group of regions and its setter, shared by the stage and the details panel. */
export interface HighlightProps {
  group: string | null;
  onGroup: (group: string | null) => void;
}

/** Return all regions, largest first, so that small ones are drawn on top. */
export function findRegions(image: ImageView, faceName: string): Region[] {
  const { labels, faces, text } = image.recognition;
  const hidden = new Set(image.labels_hidden.map((name) => name.toLowerCase()));
  const objects = (labels ?? [])
    .filter((label) => !hidden.has(label.name.toLowerCase()))
    .flatMap((label) =>
      (label.instances ?? []).map(({ box, confidence }, index) => ({
        id: `object ${label.name} ${index}`,
        kind: "object" as const,
        group: groupOf("object", label.name),
        name: label.name,
        confidence,
        box,
      })),
    );
  const faceRegions = (faces ?? []).map(({ box, confidence }, index) => ({
    id: `face ${index}`,
    kind: "face" as const,
    group: groupOf("face", index),
    name: faceName,
    confidence,
    box,
  }));
  const textRegions = (text ?? [])
    .filter((each) => each.is_line)
    .map((each) => ({
      id: `text ${each.line}`,
      kind: "text" as const,
      group: groupOf("text", each.line),
      name: each.text,
      confidence: each.confidence,
      box: each.box,
    }));
  return [...objects, ...faceRegions, ...textRegions].sort((a, b) => areaOf(b.box) - areaOf(a.box));
}

export function groupOf(kind: RegionKind, name: string | number): string {
  return `${kind} ${name}`;
}

function areaOf(box: BoundingBox): number {
  return box.width * box.height;
}
