/** Return the path of the page of another owner's album. */
export function sharedAlbumPath(id: string): string {
  return `/shared-albums/${id}`;
}
