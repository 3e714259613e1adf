"""List the images of an album by the time of capture or in manual order."""

from dataclasses import dataclass, replace
from typing import NamedTuple

from sightline.domain.albums import AlbumKey, AlbumNotFound, AlbumSort
from sightline.domain.sort_order import SortOrder
from sightline.ports.album_table import AlbumTable
from sightline.ports.image_index import ImageIndex
from sightline.ports.image_table import ImageTable
from sightline_api.images.image_selection import ImageSelection
from sightline_api.images.listing import MAX_READ, READ_SIZE, Filter
from sightline_api.images.searching import FoundImage, SearchPage
from sightline_api.images.timeline_listing import (
    ListOrder,
    decode_timeline_cursor,
    encode_timeline_cursor,
)
from sightline_api.pagination import (
    decode_cursor,
    decode_prefixed_cursor,
    decode_sorted_cursor,
    encode_cursor,
    encode_sorted_cursor,
)

#: Begins the key in a cursor of the manual order.
MANUAL_PREFIX = "manual:"


class ListedOrder(NamedTuple):
    """The order of a list of images, by its parameters `order` and `sort`."""

    order: ListOrder
    sort: SortOrder


#: The parameters of a list for each order of an album.
LISTED_ORDERS = {
    AlbumSort.UPLOADED_NEWEST: ListedOrder(ListOrder.UPLOADED, SortOrder.NEWEST),
    AlbumSort.UPLOADED_OLDEST: ListedOrder(ListOrder.UPLOADED, SortOrder.OLDEST),
    AlbumSort.TAKEN_NEWEST: ListedOrder(ListOrder.TAKEN, SortOrder.NEWEST),
    AlbumSort.TAKEN_OLDEST: ListedOrder(ListOrder.TAKEN, SortOrder.OLDEST),
    AlbumSort.MANUAL: ListedOrder(ListOrder.MANUAL, SortOrder.NEWEST),
}

_ALBUM_SORTS = {listed: sort for sort, listed in LISTED_ORDERS.items()}


def find_album_sort(order: ListOrder, sort: SortOrder) -> AlbumSort:
    """Return the order of an album that these parameters of a list select."""
    return AlbumSort.MANUAL if order is ListOrder.MANUAL else _ALBUM_SORTS[ListedOrder(order, sort)]


async def read_album_sort(albums: AlbumTable, key: AlbumKey, cursor: str | None) -> AlbumSort:
    """Return the order of a list of an album: that of its cursor, or else that of the album.

    The cursor continues the order in which the list began. Raises `InvalidCursor`.
    """
    if cursor is not None:
        return _sort_of(cursor)
    try:
        return (await albums.get(key)).sort
    except AlbumNotFound:
        return AlbumSort.UPLOADED_NEWEST


def encode_album_cursor(position: str, sort: AlbumSort) -> str:
    """Encode the position of the last image of a page in this order."""
    order = LISTED_ORDERS[sort].sort
    if sort is AlbumSort.MANUAL:
        return encode_cursor(MANUAL_PREFIX + position)
    encode = encode_sorted_cursor if sort.is_by_upload else encode_timeline_cursor
    return encode(position, order)


def decode_album_cursor(cursor: str, sort: AlbumSort) -> str:
    """Decode the position in a cursor of a list in this order. Raises `InvalidCursor`."""
    order = LISTED_ORDERS[sort].sort
    if sort is AlbumSort.MANUAL:
        return decode_prefixed_cursor(cursor, MANUAL_PREFIX)
    decode = decode_sorted_cursor if sort.is_by_upload else decode_timeline_cursor
    return decode(cursor, order)


def _sort_of(cursor: str) -> AlbumSort:
    key = decode_cursor(cursor)
    if key.startswith(MANUAL_PREFIX):
        return AlbumSort.MANUAL
    order = ListOrder.TAKEN if key.startswith(f"{ListOrder.TAKEN}:") else ListOrder.UPLOADED
    is_oldest = key.removeprefix(f"{ListOrder.TAKEN}:").startswith(f"{SortOrder.OLDEST}:")
    return find_album_sort(order, SortOrder.OLDEST if is_oldest else SortOrder.NEWEST)


@dataclass(frozen=True, slots=True)
class AlbumListing:
    """Lists the images of one album in one order.

    The cost is proportional to the images that are returned, and to those of the album that a
    filter passes over.
    """

    albums: AlbumTable
    images: ImageTable
    index: ImageIndex
    key: AlbumKey
    sort: AlbumSort

    async def page(self, selected: Filter, limit: int, after: str | None) -> SearchPage:
        """Return the first `limit` of the selected images that follow the position `after`."""
        query = selected.query
        # Summaries have everything else that a query finds.
        has_terms = query is not None and (query.labels or query.has_words)
        remaining = replace(query, album=None) if query and has_terms else None
        selected = replace(selected, query=remaining)
        size = READ_SIZE if selected.is_selective or has_terms else limit
        selection = ImageSelection(self.images, self.index, self.key.owner)
        found: list[FoundImage] = []
        position = after
        for _ in range(MAX_READ // READ_SIZE):
            entries = await self.albums.list_entries(self.key, self.sort, size + 1, position)
            has_more = len(entries) > size
            positions = dict(entries[:size])
            summaries = await self.images.get_summaries(self.key.owner, list(positions))
            for image in await selection.select(selected, summaries):
                if len(found) == limit:
                    return SearchPage(found, position)
                found.append(image)
                position = positions[image.summary.image_id]
            if not has_more:
                return SearchPage(found, None)
            if size == limit == len(found):
                break
            position = entries[size - 1].position
            size = READ_SIZE
        return SearchPage(found, position)
