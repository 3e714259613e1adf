import type { ImageSummary } from "../api/types";

/** Images of the same scene, the best first. */
export type DuplicateGroup = readonly ImageSummary[];

/** Add images of one scene to the groups. Groups that share an image become one. */
export function addGroup(groups: readonly DuplicateGroup[], images: readonly ImageSummary[]): DuplicateGroup[] {
  const ids = new Set(images.map(({ id }) => id));
  const isShared = (group: DuplicateGroup) => group.some(({ id }) => ids.has(id));
  const merged = [...groups.filter(isShared).flat(), ...images];
  const unique = [...new Map(merged.map((image) => [image.id, image])).values()];
  return [...groups.filter((group) => !isShared(group)), unique.sort(compareQuality)];
}

/** Remove images, and groups in which fewer than two are left. */
export function removeFromGroups(groups: readonly DuplicateGroup[], ids: ReadonlySet<string>): DuplicateGroup[] {
  return groups.map((group) => group.filter(({ id }) => !ids.has(id))).filter((group) => group.length > 1);
}

/**
 * Order by quality, the best first: by pixels, then by bytes, because the sharper of two files of the
 * same size compresses worse, then the older one, which is the original rather than a copy.
 */
export function compareQuality(a: ImageSummary, b: ImageSummary): number {
  const pixels = (image: ImageSummary) => (image.width ?? 0) * (image.height ?? 0);
  return pixels(b) - pixels(a) || b.bytes - a.bytes || (a.id < b.id ? -1 : 1);
}
