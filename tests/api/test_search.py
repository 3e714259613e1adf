"""Searches by words, phrases, prefixes and boxes, and what they cost."""

import asyncio
from collections.abc import Sequence
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.conftest import Gateway
from sightline.adapters.memory import memory_tables
from sightline.domain.capture import Capture, GeoPosition
from sightline.domain.images import Details, Image
from sightline.domain.recognition import BoundingBox, DetectedLabel, DetectedText, Recognition
from sightline.domain.sort_order import SortOrder
from sightline.ports.tables import Tables
from sightline_api.images.bounding_box import BoundingBox as PlaceBox
from sightline_api.images.index_search import Query
from sightline_api.images.listing import Filter
from sightline_api.images.search_text import SearchText, parse_search_text
from sightline_api.images.searching import MAX_CALLS, ImageSearch
from sightline_testing.builders import (
    ETAG,
    make_image,
    make_recognition,
    make_rendition_set,
    new_owner,
)

LISBON = GeoPosition(latitude=38.71, longitude=-9.14, city="Lisbon", country="Portugal")

Result = TypeVar("Result")


def make_searchable(
    owner: str,
    *,
    details: Details | None = None,
    capture: Capture | None = None,
    labels: Sequence[DetectedLabel] = (),
    texts: Sequence[str] = (),
) -> tuple[Image, Image]:
    """Return an image before its upload, and when it is ready."""
    image = make_image(owner, details=details or Details())
    box = BoundingBox(left=0, top=0, width=1, height=1)
    lines = tuple(
        DetectedText(text=text, confidence=99, is_line=True, line=number, box=box)
        for number, text in enumerate(texts)
    )
    recognition: Recognition = make_recognition().model_copy(
        update={"labels": tuple(labels), "text": lines}
    )
    renditions = make_rendition_set().model_copy(update={"capture": capture or Capture()})
    ready = image.with_part("renditions", image.renditions.begin(ETAG).succeed(renditions))
    return image, ready.with_part("recognition", image.recognition.begin(ETAG).succeed(recognition))


async def store(tables: Tables, image: Image, ready: Image) -> str:
    await tables.images.create(image)
    await tables.images.store(image, ready)
    return image.image_id


def add_image(gateway: Gateway, **changes: Any) -> str:
    return asyncio.run(store(gateway.tables, *make_searchable(gateway.owner, **changes)))


def search(gateway: Gateway, **params: Any) -> list[dict[str, Any]]:
    response = gateway.client.get("/v1/images", params=params, headers=gateway.headers())
    assert response.status_code == 200, response.text
    items: list[dict[str, Any]] = response.json()["items"]
    return items


def search_ids(gateway: Gateway, q: str, **params: Any) -> list[str]:
    return [item["id"] for item in search(gateway, q=q, **params)]


def test_a_search_covers_every_field_and_reports_what_matched(gateway: Gateway) -> None:
    image_id = add_image(
        gateway,
        details=Details(title="IMG_0042.jpg", description="Our trip of 2019"),
        capture=Capture(camera="Nikon D80", lens="Nikkor 35mm", place=LISBON),
        labels=[DetectedLabel(name="Street", confidence=90)],
        texts=["INVOICE 7"],
    )
    add_image(gateway, details=Details(title="lisbon nikon 2019"))
    (item,) = search(gateway, q="lisbon nikon 2019 invoice")
    assert item["id"] == image_id
    assert item["matches"] == [
        {"word": "lisbon", "fields": ["place"]},
        {"word": "nikon", "fields": ["camera"]},
        {"word": "2019", "fields": ["description"]},
        {"word": "invoice", "fields": ["text"]},
    ]
    for q in ("0042 ", "nikkor ", "street ", "portugal "):
        assert search_ids(gateway, q) == [image_id]
    assert search(gateway, label="street")[0]["matches"] == []


@pytest.mark.parametrize(
    ("title", "q", "is_found"),
    [
        ("Café in São Paulo", "cafe sao", True),
        ("cafe", "CAFÉ", True),
        ("Lisbon at night", "lisb", True),
        ("Lisbon at night", "lisb ", False),
        ("Lisbon at night", "lisb night", False),
        ("Lisbon at night", "l", False),
        ("New York", '"new york"', True),
        ("York is not new", '"new york"', False),
        ("York is not new", "new york", True),
        ("\u6771\u4eac\u30bf\u30ef\u30fc", "\u6771\u4eac", True),
    ],
)
def test_words_match_without_accents_as_prefixes_and_in_phrases(
    gateway: Gateway, title: str, q: str, is_found: bool
) -> None:
    image_id = add_image(gateway, details=Details(title=title))
    assert search_ids(gateway, q) == ([image_id] if is_found else [])


def test_labels_are_found_by_their_synonyms(gateway: Gateway) -> None:
    car = DetectedLabel(name="Car", confidence=90, aliases=("Automobile",))
    image_id = add_image(gateway, labels=[car])
    hidden = add_image(gateway, labels=[car], details=Details(hidden=("car",)))
    (item,) = search(gateway, q="automobile")
    assert (item["id"], item["matches"]) == (
        image_id,
        [{"word": "automobile", "fields": ["label"]}],
    )
    assert hidden not in search_ids(gateway, "car")


def test_a_search_follows_edits_of_the_title(gateway: Gateway) -> None:
    image_id = add_image(gateway, details=Details(title="Old name"))
    response = gateway.client.request(
        "PATCH", f"/v1/images/{image_id}", json={"title": "New name"}, headers=gateway.headers()
    )
    assert response.status_code == 200
    assert search_ids(gateway, "old ") == []
    assert search_ids(gateway, "new name") == [image_id]


def test_a_search_combines_with_the_other_filters(gateway: Gateway) -> None:
    dog = DetectedLabel(name="Dog", confidence=90)
    inside = add_image(gateway, capture=Capture(place=LISBON), labels=[dog])
    add_image(gateway, details=Details(title="lisbon"), labels=[dog])
    assert search_ids(gateway, "lisbon", label="dog", bbox="-9.5,38.5,-9,39") == [inside]
    assert search_ids(gateway, "lisbon", label="cat") == []
    assert search_ids(gateway, "lisbon", **{"not": "dog"}) == []
    assert search_ids(gateway, "lisbon", status="failed") == []
    assert search_ids(gateway, "lisbon", text="portugal") == [inside]


def test_a_list_is_filtered_by_a_box(gateway: Gateway) -> None:
    fiji = add_image(gateway, capture=Capture(place=GeoPosition(latitude=-17.7, longitude=178)))
    add_image(gateway, capture=Capture(place=LISBON))
    add_image(gateway)
    assert [item["id"] for item in search(gateway, bbox="170,-20,-170,-10")] == [fiji]


@pytest.mark.parametrize("bbox", ["1,2,3", "a,b,c,d", "0,50,1,40", "190,0,1,1", "0,91,1,92"])
def test_an_invalid_box_is_rejected(gateway: Gateway, bbox: str) -> None:
    response = gateway.client.get("/v1/images", params={"bbox": bbox}, headers=gateway.headers())
    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")


def list_words(gateway: Gateway, prefix: str, **params: Any) -> list[dict[str, Any]]:
    query = {"prefix": prefix, **params}
    response = gateway.client.get("/v1/words", params=query, headers=gateway.headers())
    assert response.status_code == 200, response.text
    items: list[dict[str, Any]] = response.json()["items"]
    return items


def test_words_are_suggested_by_frequency_with_the_fields_that_have_them(gateway: Gateway) -> None:
    nikon = Capture(camera="NIKON D80", place=LISBON)
    for title in ("Nikosia", "Nikolaus", "Nikolaus"):
        add_image(gateway, details=Details(title=title), capture=nikon)
    add_image(gateway, details=Details(title="Café by a Nikon"))
    nikolaus = {"word": "nikolaus", "images": 2, "fields": ["title"]}
    nikosia = {"word": "nikosia", "images": 1, "fields": ["title"]}
    assert list_words(gateway, "Niko") == [
        {"word": "nikon", "images": 4, "fields": ["title"]},
        nikolaus,
        nikosia,
    ]
    assert list_words(gateway, "lisbon nikol") == [nikolaus]
    assert list_words(gateway, "niko", limit=1)[0]["word"] == "nikon"
    assert list_words(gateway, "LISB") == [{"word": "lisbon", "images": 3, "fields": ["place"]}]
    assert [each["word"] for each in list_words(gateway, "cafe")] == ["cafe"]


@pytest.mark.parametrize("prefix", ["n", "lisbon n", "!?", "unknown"])
def test_no_word_is_suggested_without_two_letters_of_one(gateway: Gateway, prefix: str) -> None:
    add_image(gateway, details=Details(title="Nikon in Lisbon"))
    assert list_words(gateway, prefix) == []


@pytest.mark.parametrize("params", [{}, {"prefix": ""}, {"prefix": "x", "limit": 21}])
def test_suggestions_are_bounded(gateway: Gateway, params: dict[str, Any]) -> None:
    response = gateway.client.get("/v1/words", params=params, headers=gateway.headers())
    assert response.json()["code"] == "invalid_request"


@pytest.mark.parametrize("q", ["!?", " ".join(f"w{n}" for n in range(21))])
def test_a_search_without_or_with_too_many_words_is_rejected(gateway: Gateway, q: str) -> None:
    response = gateway.client.get("/v1/images", params={"q": q}, headers=gateway.headers())
    assert (response.status_code, response.json()["code"]) == (422, "invalid_text")


class CallCounter:
    """Wraps a port and counts the calls that follow one another: concurrent ones count once."""

    def __init__(self, port: Any, counter: "CallCounter | None" = None) -> None:
        self._port = port
        self._counter = counter or self
        self.active = 0
        self.calls = 0

    def __getattr__(self, name: str) -> Any:
        call, counter = getattr(self._port, name), self._counter

        async def run(*args: Any, **kwargs: Any) -> Any:
            counter.calls += not counter.active
            counter.active += 1
            try:
                # The others start before this one ends.
                for _ in range(100):
                    await asyncio.sleep(0)
                return await call(*args, **kwargs)
            finally:
                counter.active -= 1

        return run


@pytest.mark.parametrize(
    ("query", "selected"),
    [
        (Query(labels=("common", "rare")), Filter()),
        (Query(labels=("common", "often")), Filter()),
        (Query(labels=("often", "other")), Filter()),
        (
            Query(labels=("common", "often"), without=("rare",), text=SearchText(("word",))),
            Filter(),
        ),
        (Query(text=parse_search_text("com")), Filter()),
        (Query(labels=("common",)), Filter(bbox=PlaceBox(0, 0, 1, 1))),
        (Query(labels=("common", "often")), Filter(bbox=PlaceBox(0, 0, 1, 1))),
    ],
)
async def test_a_page_of_a_search_takes_few_calls_in_sequence(
    query: Query, selected: Filter
) -> None:
    """At the limit, a page may be short; its cursor continues."""
    tables, owner = memory_tables(), new_owner()
    for number in range(400):
        names = ["common"] + ["often"] * (number % 2) + ["other"] * (1 - number % 2)
        names += ["rare"] * (number % 40 == 0)
        labels = [DetectedLabel(name=name, confidence=90) for name in names]
        await store(tables, *make_searchable(owner, labels=labels, texts=["word"]))
    counter = CallCounter(tables.index)
    rows = CallCounter(tables.images, counter)
    searched: Any = ImageSearch(rows, counter, owner)
    await searched.page(query, selected, 50, None)
    assert 1 <= counter.calls <= MAX_CALLS


WORDS = st.sampled_from(["lisbon", "lisboa", "lis", "new", "york", "nikon", "caf\u00e9", "cafe"])
LINES = st.lists(WORDS, max_size=4).map(" ".join)


@st.composite
def drawn_images(draw: st.DrawFn) -> list[dict[str, Any]]:
    return draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "title": LINES,
                    "description": LINES,
                    "camera": LINES,
                    "texts": st.lists(LINES, max_size=2),
                    "labels": st.sets(WORDS, max_size=3),
                }
            ),
            max_size=12,
        )
    )


def fold(word: str) -> str:
    return word.replace("\u00e9", "e")


def has_sequence(line: list[str], phrase: tuple[str, ...]) -> bool:
    return f" {' '.join(phrase)} " in f" {' '.join(line)} "


def has_words(image: dict[str, Any], q: SearchText) -> bool:
    """Return whether an image matches, by the plain meaning of the search."""
    lines = [image["title"], image["description"], image["camera"], *image["texts"]]
    split = [[fold(word) for word in line.split()] for line in lines]
    split += [[fold(label)] for label in image["labels"]]
    words = {word for line in split for word in line}
    return (
        words.issuperset(q.words)
        and (q.prefix is None or any(word.startswith(q.prefix) for word in words))
        and all(
            any(f" {' '.join(p)} " in f" {' '.join(line)} " for line in split) for p in q.phrases
        )
    )


@settings(max_examples=60, deadline=None)
@given(
    drawn=drawn_images(),
    words=st.lists(WORDS, min_size=1, max_size=3),
    form=st.sampled_from(["{}", "{} ", '"{}"']),
    label=st.none() | WORDS,
    limit=st.integers(1, 5),
    order=st.sampled_from(SortOrder),
)
def test_a_search_finds_what_a_naive_one_finds(
    drawn: list[dict[str, Any]],
    words: list[str],
    form: str,
    label: str | None,
    limit: int,
    order: SortOrder,
) -> None:
    """In all pages together, in order, and each image once."""
    text = parse_search_text(form.format(" ".join(words)))
    query = Query(labels=() if label is None else (label,), text=text)

    async def run() -> tuple[list[str], list[str]]:
        tables, owner = memory_tables(), new_owner()
        expected: list[str] = []
        for image in drawn:
            image_id = await store(
                tables,
                *make_searchable(
                    owner,
                    details=Details(
                        title=image["title"] or None, description=image["description"] or None
                    ),
                    capture=Capture(camera=image["camera"] or None),
                    labels=[DetectedLabel(name=each, confidence=90) for each in image["labels"]],
                    texts=image["texts"],
                ),
            )
            if has_words(image, text) and (label is None or label in image["labels"]):
                expected.append(image_id)
        found: list[str] = []
        after: str | None = None
        while True:
            page = await ImageSearch(tables.images, tables.index, owner, order).page(
                query, Filter(), limit, after
            )
            found += [each.summary.image_id for each in page.found]
            after = page.next_after
            if after is None:
                return found, sorted(expected, reverse=order is SortOrder.NEWEST)

    found, expected = asyncio.run(run())
    assert found == expected
