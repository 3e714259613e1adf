/** Caches of what a user sees. Each belongs to one owner and is deleted at sign-out. */

export const THUMBNAILS_PREFIX = "sightline-thumbnails-";
export const LISTS_PREFIX = "sightline-lists-";

/** Delete the caches of every owner, except those of `owner`. */
export async function deleteCaches(storage: CacheStorage, owner: string | null): Promise<void> {
  const kept = owner ? [THUMBNAILS_PREFIX + owner, LISTS_PREFIX + owner] : [];
  const names = await storage.keys();
  const personal = names.filter((name) => name.startsWith(THUMBNAILS_PREFIX) || name.startsWith(LISTS_PREFIX));
  await Promise.all(personal.filter((name) => !kept.includes(name)).map((name) => storage.delete(name)));
}
