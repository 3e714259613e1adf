"""Favorites, the archive and ratings: of one image, in lists and searches, and in the trash."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.conftest import Gateway
from sightline.adapters.memory import memory_tables
from sightline.domain.capture import Capture
from sightline.domain.images import Details, Image
from sightline.domain.sort_order import SortOrder
from sightline.ports.tables import Tables
from sightline_api.images import timeline_listing, timeline_search
from sightline_api.images.filters import ArchivedFilter, build_filter
from sightline_api.images.listing import Filter, Listing
from sightline_api.images.searching import ImageSearch
from sightline_api.images.timeline_listing import TimelineListing
from sightline_api.images.timeline_search import TimelineSearch
from sightline_testing.builders import (
    ETAG,
    count_labels,
    make_image,
    make_rendition_set,
    with_recognition,
)


def call(gateway: Gateway, method: str, path: str, **options: Any) -> httpx.Response:
    return gateway.client.request(method, path, headers=gateway.headers(), **options)


def add_image(gateway: Gateway, year: int = 2020, label: str = "Dog", **flags: Any) -> str:
    """Add an image of this year with these flags; return its id."""
    image = make_image(gateway.owner)
    capture = Capture(taken_at=datetime(year, 5, 1, 12, tzinfo=UTC))
    result = make_rendition_set().model_copy(update={"capture": capture})
    rendered = image.with_part("renditions", image.renditions.begin(ETAG).succeed(result))
    recognized = with_recognition(rendered, label)

    async def store() -> None:
        await gateway.tables.images.create(image)
        await gateway.tables.images.store(image, rendered)
        await gateway.tables.images.store(rendered, recognized)

    asyncio.run(store())
    if flags:
        edit(gateway, image.image_id, **flags)
    return image.image_id


def edit(gateway: Gateway, image_id: str, **changes: Any) -> Any:
    response = call(gateway, "PATCH", f"/v1/images/{image_id}", json=changes)
    assert response.status_code == 200, response.text
    return response.json()


def list_ids(gateway: Gateway, **params: Any) -> list[str]:
    """Return the ids of all pages, of which each has two images at most."""
    ids: list[str] = []
    cursor: str | None = None
    while True:
        page = {"limit": 2, **params} | ({"cursor": cursor} if cursor else {})
        response = call(gateway, "GET", "/v1/images", params=page)
        assert response.status_code == 200, response.text
        ids += [item["id"] for item in response.json()["items"]]
        cursor = response.json()["next_cursor"]
        if cursor is None:
            return ids


def count_months(gateway: Gateway) -> dict[str, int]:
    months = call(gateway, "GET", "/v1/timeline").json()["months"]
    return {each["month"]: each["images"] for each in months}


def test_flags_are_set_shown_and_removed(gateway: Gateway) -> None:
    image_id = add_image(gateway)
    path = f"/v1/images/{image_id}"
    plain = {"favorite": False, "archived": False, "rating": 0}
    flags = {"favorite": True, "archived": True, "rating": 5}
    assert call(gateway, "GET", path).json().items() >= plain.items()
    assert edit(gateway, image_id, **flags).items() >= flags.items()
    assert call(gateway, "GET", path).json().items() >= flags.items()
    found = call(gateway, "GET", "/v1/images", params={"archived": "true"}).json()["items"]
    assert found[0].items() >= flags.items()
    kept = edit(gateway, image_id, favorite=None, archived=None, rating=None, title="Kept")
    assert kept.items() >= flags.items()
    assert edit(gateway, image_id, **plain).items() >= plain.items()


@pytest.mark.parametrize("changes", [{"rating": 6}, {"rating": -1}, {"rating": 1.5}])
def test_a_rating_is_an_integer_from_0_to_5(gateway: Gateway, changes: dict[str, Any]) -> None:
    image_id = add_image(gateway)
    response = call(gateway, "PATCH", f"/v1/images/{image_id}", json=changes)
    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")


def test_an_edit_that_changes_nothing_keeps_the_version(gateway: Gateway) -> None:
    image_id = add_image(gateway, favorite=True, rating=3)
    path = f"/v1/images/{image_id}"
    version = call(gateway, "GET", path).headers["ETag"].rsplit("-", 1)[0]
    edit(gateway, image_id, favorite=True, rating=3)
    assert call(gateway, "GET", path).headers["ETag"].rsplit("-", 1)[0] == version


@pytest.mark.parametrize("order", ["uploaded", "taken"])
def test_the_archive_is_out_of_the_list_and_in_searches(gateway: Gateway, order: str) -> None:
    shown = [add_image(gateway, year) for year in (2018, 2020, 2022)]
    archived = [add_image(gateway, year, archived=True) for year in (2019, 2021)]
    uploaded = [*shown, *archived]
    taken = [shown[0], archived[0], shown[1], archived[1], shown[2]]
    both = taken if order == "taken" else uploaded
    for sort, step in (("oldest", 1), ("newest", -1)):
        params = {"order": order, "sort": sort}
        assert list_ids(gateway, **params) == shown[::step]
        assert list_ids(gateway, **params, archived="false") == shown[::step]
        assert list_ids(gateway, **params, archived="true") == archived[::step]
        assert list_ids(gateway, **params, archived="any") == both[::step]
        assert list_ids(gateway, **params, label="dog") == both[::step]
        assert list_ids(gateway, **params, q="dog") == both[::step]
        assert list_ids(gateway, **params, q="dog", archived="true") == archived[::step]
        assert list_ids(gateway, **params, q="dog", archived="false") == shown[::step]
    assert list_ids(gateway, order=order, month="2019-05") == []
    assert list_ids(gateway, order=order, month="2019-05", archived="any") == [archived[0]]
    assert count_months(gateway) == {"2018-05": 1, "2020-05": 1, "2022-05": 1}
    assert asyncio.run(count_labels(gateway.tables, gateway.owner)) == {"Dog": 5}


def test_unarchiving_restores_the_place_in_the_timeline(gateway: Gateway) -> None:
    ids = [add_image(gateway, year) for year in (2018, 2019, 2020)]
    months = count_months(gateway)
    edit(gateway, ids[1], archived=True)
    # The archive follows a correction of the time of capture, too.
    edit(gateway, ids[1], taken_at_override="2021-01-02T03:04:05")
    assert list_ids(gateway, order="taken") == [ids[2], ids[0]]
    assert list_ids(gateway, order="taken", archived="any") == [ids[1], ids[2], ids[0]]
    edit(gateway, ids[1], taken_at_override=None)
    edit(gateway, ids[1], archived=False)
    assert list_ids(gateway, order="taken") == ids[::-1]
    assert list_ids(gateway, order="taken", archived="true") == []
    assert count_months(gateway) == months


def test_an_archived_image_stays_in_its_album(gateway: Gateway) -> None:
    image_id = add_image(gateway)
    album = call(gateway, "POST", "/v1/albums", json={"title": "Pets"}).json()["id"]
    call(gateway, "POST", f"/v1/albums/{album}/images", json={"ids": [image_id]})
    edit(gateway, image_id, archived=True)
    assert call(gateway, "GET", f"/v1/albums/{album}").json()["images"] == 1
    for order in ("uploaded", "taken"):
        assert list_ids(gateway, album=album, order=order) == [image_id]
        assert list_ids(gateway, album=album, order=order, archived="false") == []


@pytest.mark.parametrize("order", ["uploaded", "taken"])
def test_favorites_and_ratings_are_filters(gateway: Gateway, order: str) -> None:
    plain = add_image(gateway, 2018)
    favorite = add_image(gateway, 2019, "Cat", favorite=True)
    rated = add_image(gateway, 2020, rating=3)
    best = add_image(gateway, 2021, favorite=True, rating=5)
    hidden = add_image(gateway, 2022, favorite=True, rating=4, archived=True)

    def select(**params: Any) -> list[str]:
        return list_ids(gateway, order=order, sort="oldest", **params)

    assert select(favorite="true") == [favorite, best]
    assert select(favorite="true", archived="any") == [favorite, best, hidden]
    assert select(favorite="true", archived="true") == [hidden]
    assert select(favorite="false") == [plain, rated]
    assert select(rating_min=1) == [rated, best]
    assert select(rating_min=4) == [best]
    assert select(rating_min=4, archived="any") == [best, hidden]
    assert select(favorite="true", rating_min=1) == [best]
    assert select(favorite="true", label="dog") == [best, hidden]
    assert select(favorite="true", q="cat") == [favorite]
    assert select(rating_min=3, q="dog", archived="false") == [rated, best]
    assert select(rating_min=3, **{"not": "dog"}) == []
    edit(gateway, best, favorite=False, rating=2)
    assert select(favorite="true") == [favorite]
    assert select(rating_min=3) == [rated]
    assert select(rating_min=1) == [rated, best]


@pytest.mark.parametrize(
    "params", [{"rating_min": 0}, {"rating_min": 6}, {"archived": "maybe"}, {"favorite": "any"}]
)
def test_an_invalid_flag_is_rejected(gateway: Gateway, params: dict[str, Any]) -> None:
    response = call(gateway, "GET", "/v1/images", params=params)
    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")


def test_no_search_for_text_finds_a_flag(gateway: Gateway) -> None:
    add_image(gateway, favorite=True, archived=True, rating=4)
    for q in ("favorite", "fav", ":favorite", "rating4", "archived"):
        assert list_ids(gateway, q=q) == []


def test_the_trash_keeps_the_flags(gateway: Gateway) -> None:
    flags: dict[str, Any] = {"favorite": True, "archived": True, "rating": 4}
    image_id = add_image(gateway, 2018, **flags)
    shown = add_image(gateway, 2019, favorite=True)
    for each in (image_id, shown):
        call(gateway, "DELETE", f"/v1/images/{each}")
    assert list_ids(gateway, favorite="true", archived="any") == []
    assert count_months(gateway) == {}
    trashed = call(gateway, "GET", "/v1/trash").json()["items"]
    assert [item["image"]["id"] for item in trashed] == [shown, image_id]
    assert trashed[1]["image"].items() >= flags.items()
    for each in (image_id, shown):
        restored = call(gateway, "POST", f"/v1/images/{each}/restore").json()
        assert restored["favorite"] is True
    assert list_ids(gateway, favorite="true", archived="any") == [shown, image_id]
    assert list_ids(gateway, order="taken") == [shown]
    assert list_ids(gateway, order="taken", archived="true") == [image_id]
    assert count_months(gateway) == {"2019-05": 1}


def test_flags_of_an_image_without_its_upload_appear_with_it(gateway: Gateway) -> None:
    image = make_image(gateway.owner)
    asyncio.run(gateway.tables.images.create(image))
    edit(gateway, image.image_id, favorite=True, archived=True)
    awaiting = {"status": "awaiting_upload", "favorite": "true", "archived": "true"}
    assert list_ids(gateway, **awaiting) == [image.image_id]
    assert list_ids(gateway, favorite="true", archived="any") == []

    async def begin() -> Image:
        before = await gateway.tables.images.get(image.key)
        after = before.with_part("renditions", before.renditions.begin(ETAG))
        await gateway.tables.images.store(before, after)
        return after

    asyncio.run(begin())
    assert list_ids(gateway, favorite="true", archived="any") == [image.image_id]
    assert list_ids(gateway, order="taken") == []
    assert count_months(gateway) == {}


#: Label, year, favorite, archived and rating of an image, and whether its renditions have begun.
Drawn = tuple[str, int, bool, bool, int, bool]

DRAWN_IMAGES = st.lists(
    st.tuples(
        st.sampled_from(["Dog", "Cat"]),
        st.integers(2018, 2021),
        st.booleans(),
        st.booleans(),
        st.integers(0, 5),
        st.sampled_from([True, True, False]),
    ),
    max_size=16,
)


#: The other parameters of a list.
NO_FILTER: Any = {
    **dict.fromkeys(("status", "album", "q", "bbox")),
    **dict.fromkeys(("created_from", "created_until", "taken_from", "taken_until")),
    "without": [],
    "text": [],
    "min_confidence": 0,
}


async def store_drawn(tables: Tables, owner: str, drawn: Drawn) -> str:
    label, year, favorite, archived, rating, is_rendered = drawn
    details = Details(favorite=favorite, archived=archived, rating=rating)
    image = make_image(owner, details=details)
    await tables.images.create(image)
    recognized = with_recognition(image, label)
    await tables.images.store(image, recognized)
    if is_rendered:
        capture = Capture(taken_at=datetime(year, 5, 1, tzinfo=UTC))
        result = make_rendition_set().model_copy(update={"capture": capture})
        part = recognized.renditions.begin(ETAG).succeed(result)
        await tables.images.store(recognized, recognized.with_part("renditions", part))
    return image.image_id


async def list_selected(
    tables: Tables, owner: str, selected: Filter, order: str, sort: SortOrder, limit: int
) -> list[str]:
    """Return the ids of all pages, as `list_images` reads them."""
    images, index, found = tables.images, tables.index, list[str]()
    after: str | None = None
    while True:
        if order == "taken" and selected.query is None:
            page = await TimelineListing(tables.timeline, owner, sort).page(selected, limit, after)
            found += [each.summary.image_id for each in page.found]
            after = page.next_after
        elif order == "taken" and selected.query is not None:
            in_time = TimelineSearch(tables.timeline, images, index, owner, sort)
            page = await in_time.page(selected.query, selected, limit, after)
            found += [each.summary.image_id for each in page.found]
            after = page.next_after
        elif selected.query is None:
            summaries = await Listing(images, owner, sort).page(selected, limit, after)
            found += [each.image_id for each in summaries.images]
            after = summaries.next_after
        else:
            search = ImageSearch(images, index, owner, sort)
            page = await search.page(selected.query, selected, limit, after)
            found += [each.summary.image_id for each in page.found]
            after = page.next_after
        if after is None:
            return found


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    drawn=DRAWN_IMAGES,
    favorite=st.sampled_from([None, None, None, True, False]),
    archived=st.sampled_from([None, ArchivedFilter.ANY, *ArchivedFilter]),
    rating_min=st.sampled_from([None, None, None, 1, 3]),
    label=st.sampled_from([None, "dog"]),
    month=st.sampled_from([None, None, None, "2020-05"]),
    order=st.sampled_from(["taken", "taken", "uploaded"]),
    sort=st.sampled_from(SortOrder),
    limit=st.integers(1, 4),
    read_size=st.sampled_from([2, 100]),
    max_sorted=st.sampled_from([0, 3, 100]),
)
def test_a_list_has_what_a_naive_one_has(
    monkeypatch: pytest.MonkeyPatch,
    drawn: list[Drawn],
    favorite: bool | None,
    archived: ArchivedFilter | None,
    rating_min: int | None,
    label: str | None,
    month: str | None,
    order: str,
    sort: SortOrder,
    limit: int,
    read_size: int,
    max_sorted: int,
) -> None:
    """In all pages together, in order, and each image once: however the search is planned."""
    monkeypatch.setattr(timeline_search, "MAX_SORTED", max_sorted)
    for module in (timeline_listing, timeline_search):
        monkeypatch.setattr(module, "READ_SIZE", read_size)

    async def run() -> tuple[list[str], list[str]]:
        tables, owner = memory_tables(), make_image().owner
        ids = [await store_drawn(tables, owner, each) for each in drawn]
        selected = build_filter(
            favorite=favorite,
            archived=archived,
            rating_min=rating_min,
            label=[label] if label else [],
            month=month,
            **NO_FILTER,
        )
        found = await list_selected(tables, owner, selected, order, sort, limit)
        default = "any" if label else "false"
        matching: list[tuple[tuple[int, str], str]] = []
        for image_id, (name, year, is_favorite, is_archived, rating, is_rendered) in zip(
            ids, drawn, strict=True
        ):
            # Flags are found, and images are in the timeline, from the renditions on.
            is_flagged = favorite or rating_min or archived == "true"
            if not is_rendered and (is_flagged or month or order == "taken"):
                continue
            if (
                favorite in {None, is_favorite}
                and (archived or default) in {"any", str(is_archived).lower()}
                and rating >= (rating_min or 0)
                and (label is None or name == "Dog")
                and (month is None or year == 2020)
            ):
                position = (year, image_id) if order == "taken" else (0, image_id)
                matching.append((position, image_id))
        matching.sort(reverse=sort is SortOrder.NEWEST)
        return found, [image_id for _, image_id in matching]

    found, expected = asyncio.run(run())
    assert found == expected
