/** Positions as text, in the form that other maps have it. */
import type { Position } from "./projection";

/** Decimals of a degree that are shown: about a meter. */
const DECIMALS = 5;

const NUMBER = String.raw`([+-]?\d{1,3}(?:\.\d+)?)\s*°?\s*`;

/** Decimal degrees, with a sign or with the first letter of a direction. */
const POSITION = new RegExp(String.raw`^\s*${NUMBER}([NS])?\s*[\s,;]\s*${NUMBER}([EW])?\s*$`, "i");

/** A correction that removes the position of an image. */
export const NO_POSITION = { latitude: null, longitude: null };

export function formatPosition({ latitude, longitude }: Position): string {
  return [latitude, longitude].map((degrees) => String(Number(degrees.toFixed(DECIMALS)) + 0)).join(", ");
}

/** Parse a latitude and a longitude; null if the text is neither that nor on the globe. */
export function parsePosition(text: string): Position | null {
  const found = POSITION.exec(text);
  if (!found) return null;
  const [, north, ns, east, ew] = found;
  const latitude = Number(north) * (/s/i.test(ns ?? "") ? -1 : 1);
  const longitude = Number(east) * (/w/i.test(ew ?? "") ? -1 : 1);
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? { latitude, longitude } : null;
}
