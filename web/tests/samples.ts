import { summarizeImage } from "../src/api/summary";
import type { ImageSummary, ImageView } from "../src/api/types";

const PART = { state: "succeeded", started_at: null, finished_at: null, failure: null } as const;

/** Return an image as the API represents it; `number` sets its position in time. */
export function makeImage(number: number, changes: Partial<ImageView> = {}): ImageView {
  return {
    id: `0199a3c0-7c1e-7b0a-9d5e-${String(number).padStart(12, "0")}`,
    status: "ready",
    title: `photo ${number}`,
    description: null,
    labels: [],
    labels_added: [],
    labels_hidden: [],
    taken_at: null,
    taken_at_local: null,
    taken_at_override: null,
    place: null,
    position_override: null,
    rotation: 0,
    albums: [],
    favorite: false,
    archived: false,
    rating: 0,
    media_type: "image/jpeg",
    bytes: 1000,
    sha256: "0".repeat(64),
    created_at: "2026-05-10T12:00:00Z",
    width: 300,
    height: 200,
    animated: false,
    motion: false,
    projection: null,
    damaged: false,
    placeholder: null,
    capture: null,
    recognition: {
      ...PART,
      profile: null,
      models: {},
      labels: null,
      properties: null,
      text: null,
      faces: null,
      moderation: null,
    },
    renditions: { ...PART, items: [], rotation: 0 },
    ...changes,
  };
}

/** Return an image as a list of the API contains it. */
export function makeSummary(number: number, changes: Partial<ImageSummary> = {}): ImageSummary {
  return { ...summarizeImage(makeImage(number)), ...changes };
}

/** Return an unsigned access token; the application only reads its claims. */
export function makeToken(sub: string): string {
  const encode = (value: object) => btoa(JSON.stringify(value)).replaceAll("=", "");
  return `${encode({ alg: "none" })}.${encode({ sub })}.`;
}

/** Wait until a condition holds. */
export async function until(condition: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 1000; attempt++) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  throw new Error(`The condition never held: ${condition}`);
}
