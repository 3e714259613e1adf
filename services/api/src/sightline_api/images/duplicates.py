"""Near duplicates: images of the same scene, by their perceptual hashes."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from sightline.domain.images import Image
from sightline.domain.perceptual_hash import MAX_DISTANCE, find_near_bands, measure_distance
from sightline.ports.image_index import ImageIndex
from sightline_api.dependencies import Images, Index, OwnImage, UrlSigner
from sightline_api.images.schemas import ImageSummary, sign_links
from sightline_api.pagination import MAX_PAGE_SIZE
from sightline_api.problems import AUTHENTICATED, ImageNotFoundProblem, documented

router = APIRouter(
    prefix="/v1/images",
    tags=["images"],
    responses=documented(*AUTHENTICATED),
)


#: Images of one band that are compared, the newest: the number that the smallest band holds of a
#: library of 128,000 different images.
MAX_BAND_IMAGES = 2_000


class Duplicate(BaseModel):
    """An image of the same scene; `distance` is 0 for images that look the same."""

    image: ImageSummary
    distance: int = Field(
        ge=0, le=MAX_DISTANCE, description="Bits in which the perceptual hashes differ."
    )


class Duplicates(BaseModel):
    """Images of the same scene, the closest first, and the newest first among equals."""

    items: list[Duplicate]


@router.get(
    "/{image_id}/duplicates",
    operation_id="list_duplicates",
    summary="List the near duplicates of an image",
    responses=documented(ImageNotFoundProblem),
)
async def list_duplicates(
    key: OwnImage,
    images: Images,
    index: Index,
    signer: UrlSigner,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE_SIZE)] = 50,
) -> Duplicates:
    """Return the caller's images that show the same scene as this one.

    They are the same image encoded, resized, slightly cropped or recolored. The list is empty until
    the renditions of the image exist, and for an image that is one plain color.
    """
    image = await images.get(key)
    distances = await find_duplicates(index, image)
    closest = sorted(sorted(distances, reverse=True), key=distances.__getitem__)
    # Some may be about to be deleted.
    found = (await images.get_summaries(key.owner, closest[: 2 * limit]))[:limit]
    urls = await sign_links(found, signer)
    return Duplicates(
        items=[
            Duplicate(image=ImageSummary.of(each, urls), distance=distances[each.image_id])
            for each in found
        ]
    )


async def find_duplicates(index: ImageIndex, image: Image) -> dict[str, int]:
    """Return the ids of the owner's other images of the same scene, with their distance."""
    own = image.perceptual_hash
    if own is None:
        return {}
    candidates = await index.find_by_bands(image.owner, find_near_bands(own), MAX_BAND_IMAGES)
    distances = {each.image_id: measure_distance(own, each.value) for each in candidates}
    return {
        image_id: distance
        for image_id, distance in distances.items()
        if distance <= MAX_DISTANCE and image_id != image.image_id
    }
