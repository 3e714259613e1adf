import type { Picture } from "../src/api/types";

const PART = { state: "succeeded", started_at: null, finished_at: null, failure: null } as const;

/** A picture as the API gives it; `number` orders it in time. */
export function makePicture(number: number, changes: Partial<Picture> = {}): Picture {
  return {
    id: `0199a3c0-7c1e-7b0a-9d5e-${String(number).padStart(12, "0")}`,
    status: "ready",
    title: `picture ${number}`,
    description: null,
    labels: [],
    labels_added: [],
    labels_hidden: [],
    albums: [],
    media_type: "image/jpeg",
    bytes: 1000,
    sha256: "0".repeat(64),
    created_at: "2026-05-10T12:00:00Z",
    width: 300,
    height: 200,
    animated: false,
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
    renditions: { ...PART, items: [] },
    ...changes,
  };
}

/** An access token that nobody has signed; the application looks into it only. */
export function makeToken(sub: string): string {
  const encode = (value: object) => btoa(JSON.stringify(value)).replaceAll("=", "");
  return `${encode({ alg: "none" })}.${encode({ sub })}.`;
}

/** The next time that a condition holds, within the turns that promises take. */
export async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 1000; turn++) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  throw new Error(`waited in vain: ${condition}`);
}
