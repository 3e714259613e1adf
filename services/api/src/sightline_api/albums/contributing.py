"""Add images to an album as a contributor, and remove them."""

from collections.abc import Sequence

from sightline.domain.album_members import AlbumRole, Member, MemberNotFound, Visibility
from sightline.domain.albums import AlbumNotFound
from sightline.ports.album_table import AddedImages, AlbumTable
from sightline.ports.contribution_table import ContributionTable
from sightline_api.albums.access import AlbumAccess
from sightline_api.problems import InsufficientRole


async def contribute(
    member: Member,
    image_ids: Sequence[str],
    visibility: Visibility,
    contributions: ContributionTable,
) -> AddedImages:
    """Add images of a member to the album.

    Raises `InsufficientRole`, `AlbumNotFound`, also if the membership ends meanwhile, and
    `Conflict`.
    """
    if member.role is not AlbumRole.CONTRIBUTOR:
        raise InsufficientRole
    try:
        inside = await contributions.add(member, image_ids, visibility)
    except MemberNotFound:
        raise AlbumNotFound(member.album_id) from None
    return AddedImages(inside, frozenset())


async def withdraw(
    access: AlbumAccess,
    image_ids: Sequence[str],
    albums: AlbumTable,
    contributions: ContributionTable,
) -> frozenset[str]:
    """Remove images from the album: any as its owner, and those of the caller as a member."""
    key = access.album.key
    if access.member is not None:
        return await contributions.remove(key, image_ids, access.caller)
    removed = await albums.remove_images(key, image_ids)
    rest = [each for each in image_ids if each not in removed]
    return removed | (await contributions.remove(key, rest) if rest else frozenset())
