"""Imports: what is applied to which image, once, and never over what its owner has edited."""

from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from pathlib import Path, PurePosixPath
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sightline_cli.importing import importer as importing
from sightline_cli.importing.applied import AppliedMetadata
from sightline_cli.importing.corrections import find_corrections
from sightline_cli.importing.importer import Importer, ImportReport
from sightline_cli.importing.library import ExportedFile, Library, Metadata
from sightline_client import AlbumSort, UploadOutcome, UploadResult
from sightline_client.errors import InvalidRequest, ProcessingTimeout, UnsupportedFileType
from sightline_client.generated.models import ProblemBody

BERLIN = ZoneInfo("Europe/Berlin")
INSTANT = datetime(2021, 7, 3, 12, 5, 10, tzinfo=UTC)


def make_view(**changes: Any) -> Any:
    """Return an image as the API does, of a file without a time of capture."""
    view: dict[str, Any] = {
        "id": "image-1",
        "title": "IMG_1.jpg",
        "description": None,
        "labels_added": [],
        "favorite": False,
        "archived": False,
        "rating": 0,
        "taken_at": None,
        "taken_at_override": None,
        "capture": SimpleNamespace(taken_at_local=None),
        "place": None,
        "position_override": None,
    }
    return SimpleNamespace(**{**view, **changes})


def correct(metadata: Metadata, **view: Any) -> dict[str, Any]:
    return find_corrections(make_view(**view), "IMG_1.jpg", metadata, BERLIN)


def test_texts_are_applied_where_the_owner_has_none() -> None:
    metadata = Metadata(title="Sea.jpg", description="Meer", labels=("Dog", "dog", "x" * 51))
    assert correct(metadata) == {"title": "Sea.jpg", "description": "Meer", "labels_added": ["Dog"]}
    edited = {"title": "Mine", "description": "Mine", "labels_added": ["Mine"]}
    assert correct(metadata, **edited) == {}
    assert correct(Metadata(title="IMG_1.jpg")) == {}
    assert correct(Metadata()) == {}


def test_flags_are_set_and_none_is_removed() -> None:
    metadata = Metadata(is_favorite=True, is_archived=True, rating=4)
    flags = {"favorite": True, "archived": True, "rating": 4}
    assert correct(metadata) == flags
    assert correct(metadata, **flags) == {}
    assert correct(metadata, rating=2) == {"favorite": True, "archived": True}
    assert correct(Metadata(), **flags) == {}


@pytest.mark.parametrize(
    ("recorded", "instant", "corrected"),
    [
        # The file has no time.
        (None, None, True),
        # The offset is not known, and may be that of Berlin, of Nepal, or none.
        ("2021-07-03T14:05:10", None, False),
        ("2021-07-03T17:50:11", None, False),
        ("2021-07-03T12:05:10", None, False),
        # The owner has corrected the time in Google Photos.
        ("2019-07-03T14:05:10", None, True),
        ("2021-07-03T14:12:10", None, True),
        # The offset is known.
        ("2021-07-03T14:05:10", INSTANT, False),
        ("2021-07-03T14:05:10", INSTANT.replace(hour=13), True),
    ],
)
def test_an_instant_is_applied_if_the_file_has_another_one(
    recorded: str | None, instant: datetime | None, corrected: bool
) -> None:
    metadata = Metadata(taken_at=INSTANT, is_instant=True)
    capture = SimpleNamespace(taken_at_local=recorded)
    changes = correct(metadata, capture=capture, taken_at=instant)
    expected = datetime.fromisoformat("2021-07-03T14:05:10+02:00")
    assert changes == ({"taken_at_override": expected} if corrected else {})
    if corrected:
        assert changes["taken_at_override"].isoformat() == expected.isoformat()


@pytest.mark.parametrize(
    ("recorded", "corrected"),
    [(None, True), ("2021-07-03T14:05:10", False), ("2021-07-03T12:05:10", True)],
)
def test_a_local_time_is_applied_if_the_file_has_another_one(
    recorded: str | None, corrected: bool
) -> None:
    taken_at = datetime.fromisoformat("2021-07-03T14:05:10+02:00")
    capture = SimpleNamespace(taken_at_local=recorded)
    changes = correct(Metadata(taken_at=taken_at), capture=capture)
    assert changes == ({"taken_at_override": taken_at} if corrected else {})


def test_a_time_that_the_owner_corrected_stays() -> None:
    metadata = Metadata(taken_at=INSTANT, is_instant=True)
    assert correct(metadata, taken_at_override="2020-01-01T00:00:00") == {}


def test_a_position_is_applied_if_the_file_and_the_owner_have_none() -> None:
    metadata = Metadata(position=(38.7109, -9.1366))
    assert correct(metadata) == {"position_override": (38.7109, -9.1366)}
    assert correct(metadata, place=SimpleNamespace(latitude=1, longitude=2)) == {}
    hidden = SimpleNamespace(latitude=None, longitude=None)
    assert correct(metadata, position_override=hidden) == {}


class FakeClient:
    """The operations of the client that imports need; images have the content as their id."""

    def __init__(self) -> None:
        self.views: dict[str, Any] = {}
        self.members: dict[str, list[str]] = {}
        self.descriptions: dict[str, str | None] = {}
        self.orders: dict[str, AlbumSort | None] = {}
        self.updates: list[tuple[str, dict[str, Any]]] = []
        self.invalid: set[str] = set()
        self.unprocessed: set[str] = set()
        self.opened: list[Any] = []

    async def upload_many(
        self, sources: Iterable[Any], *, features: Any, progress: Any
    ) -> AsyncIterator[UploadResult]:
        assert features is None
        for source in sources:
            is_path = isinstance(source, Path)
            content = (source.read_bytes() if is_path else source.read()).decode()
            if not is_path:
                self.opened.append(source)
            if content == "broken":
                yield UploadResult(
                    source, UploadOutcome.FAILED, None, UnsupportedFileType("broken")
                )
                continue
            progress(source, len(content), len(content))
            is_known = content in self.views
            title = Path(str(source)).name if is_path else "IMG_1.jpg"
            self.views.setdefault(content, make_view(id=content, title=title))
            outcome = UploadOutcome.DUPLICATE if is_known else UploadOutcome.UPLOADED
            yield UploadResult(source, outcome, content)

    async def wait_until_processed(
        self,
        image_ids: Iterable[str],
        *,
        timeout: float,  # noqa: ASYNC109 - as the client has it
    ) -> AsyncIterator[Any]:
        assert timeout > 0
        ids = list(image_ids)
        for image_id in ids:
            if image_id not in self.unprocessed:
                yield self.views[image_id]
        if pending := sorted(self.unprocessed.intersection(ids)):
            raise ProcessingTimeout(pending, timeout)

    async def update(self, image_id: str, **changes: Any) -> None:
        if image_id in self.invalid:
            body = ProblemBody("about:blank", "invalid_request", "", 422, "title: invalid")
            raise InvalidRequest(body, {})
        self.updates.append((image_id, changes))
        vars(self.views[image_id]).update(changes)

    async def albums(self) -> AsyncIterator[Any]:
        for title in self.members:
            yield SimpleNamespace(id=title, title=title)

    async def create_album(
        self, title: str, *, description: str | None, sort: AlbumSort | None
    ) -> Any:
        assert title not in self.members
        self.orders[title] = sort
        self.descriptions[title] = description
        self.members[title] = []
        return SimpleNamespace(id=title)

    async def add_to_album(self, album_id: str, image_ids: Iterable[str]) -> list[Any]:
        added = list(image_ids)
        self.members[album_id] += added
        return [SimpleNamespace(id=each, status=204) for each in added]


@pytest.fixture
def client() -> FakeClient:
    return FakeClient()


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SIGHTLINE_HOME", str(tmp_path / "state"))


def make_library(*images: tuple[str, Metadata]) -> Library:
    """Return a library of files in a ZIP file with these contents."""
    library = Library()
    for number, (content, metadata) in enumerate(images):
        path = PurePosixPath(f"{number}/IMG_1.jpg")
        file = ExportedFile(path, len(content), partial(BytesIO, content.encode()))
        library.add(file, metadata)
    return library


async def run(client: FakeClient, library: Library) -> ImportReport:
    double: Any = client
    applied = AppliedMetadata.load("owner")
    importer = Importer(double, applied, None, BERLIN, lambda *_: None, lambda _: None)
    return await importer.run(library)


async def test_new_albums_have_their_descriptions_and_orders(client: FakeClient) -> None:
    library = make_library(
        ("a", Metadata(albums=("Summer", "Best"))), ("b", Metadata(albums=("Known",)))
    )
    library.describe_album("Summer", "Two weeks " + "x" * 3000)
    library.describe_album("Summer", "Another one of this title")
    library.describe_album("Known", "Not applied, because the album exists")
    library.order_album("Best", AlbumSort.ALBUM_TAKEN_OLDEST)
    library.order_album("Known", AlbumSort.ALBUM_TAKEN_OLDEST)
    client.members["Known"] = []
    await run(client, library)
    assert client.orders == {"Summer": None, "Best": AlbumSort.ALBUM_TAKEN_OLDEST}
    assert client.descriptions == {"Summer": "Two weeks " + "x" * 1990, "Best": None}


async def test_copies_of_an_image_share_their_metadata_and_albums(client: FakeClient) -> None:
    library = make_library(
        ("a", Metadata(description="Meer")),
        ("b", Metadata(albums=("Summer",))),
        ("a", Metadata(albums=("Summer", "Best"))),
    )
    report = await run(client, library)
    assert client.updates == [("a", {"description": "Meer"})]
    assert {title: sorted(ids) for title, ids in client.members.items()} == {
        "Summer": ["a", "b"],
        "Best": ["a"],
    }
    assert report.counts == {UploadOutcome.UPLOADED: 2, UploadOutcome.DUPLICATE: 1}
    assert report.changed == {"description": 1, "albums": 3}
    assert report.is_complete
    assert all(source.closed for source in client.opened)


async def test_a_second_run_changes_nothing(client: FakeClient) -> None:
    library = make_library(("a", Metadata(description="Meer", albums=("Summer",))))
    await run(client, library)
    client.views["a"].description = None
    client.members["Summer"].clear()
    report = await run(client, library)
    assert client.views["a"].description is None
    assert client.members == {"Summer": []}
    assert report.counts == {UploadOutcome.DUPLICATE: 1}
    assert not report.changed


async def test_new_metadata_of_a_known_image_is_applied(client: FakeClient) -> None:
    await run(client, make_library(("a", Metadata(description="Meer"))))
    await run(client, make_library(("a", Metadata(description="Other", albums=("Summer",)))))
    assert client.views["a"].description == "Meer"
    assert client.members == {"Summer": ["a"]}


async def test_a_run_resumes_what_was_not_processed_or_failed(client: FakeClient) -> None:
    library = make_library(
        ("a", Metadata(description="A", albums=("Summer",))),
        ("b", Metadata(description="B")),
        ("c", Metadata(description="C")),
        ("broken", Metadata()),
    )
    client.unprocessed, client.invalid = {"a"}, {"b"}
    report = await run(client, library)
    assert (report.pending, list(report.errors)) == (1, ["b"])
    assert report.counts[UploadOutcome.FAILED] == 1
    assert not report.is_complete
    assert client.members == {}
    client.unprocessed.clear()
    client.invalid.clear()
    await run(client, library)
    assert [image_id for image_id, _ in client.updates] == ["c", "a", "b"]
    assert client.members == {"Summer": ["a"]}


async def test_batches_continue_after_one_another(
    client: FakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH_SIZE", 2)
    images = [(str(n), Metadata(description=str(n), albums=("All",))) for n in range(7)]
    report = await run(client, make_library(*images))
    assert sorted(client.members["All"]) == [str(n) for n in range(7)]
    assert report.changed == {"description": 7, "albums": 7}


async def test_an_error_saves_what_was_applied(
    client: FakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH_SIZE", 1)
    library = make_library(("a", Metadata(description="A")), ("b", Metadata(description="B")))
    update = client.update

    async def fail(image_id: str, **changes: Any) -> None:
        if image_id == "b":
            raise OSError("connection lost")
        await update(image_id, **changes)

    client.update = fail  # type: ignore[method-assign]
    with pytest.raises(OSError, match="connection lost"):
        await run(client, library)
    client.update = update  # type: ignore[method-assign]
    await run(client, library)
    assert [image_id for image_id, _ in client.updates] == ["a", "b"]
