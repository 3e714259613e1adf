"""The API over a table that an earlier version of the code wrote."""

from collections.abc import Iterator
from contextlib import AsyncExitStack

import pytest

from api.conftest import Gateway, serve
from sightline.adapters.aws.clients import Clients
from sightline.adapters.dynamo import dynamo_tables
from sightline.ports.tables import Tables
from sightline_api.settings import ApiSettings
from sightline_testing.builders import new_owner
from sightline_testing.earlier_rows import (
    VERSION_1,
    EarlierTable,
    Item,
    load_items,
    read_earlier_table,
    scan_items,
)
from sightline_testing.tokens import TokenIssuer

DUMP: EarlierTable = read_earlier_table(VERSION_1)
OWNER = DUMP.images["ready"].owner


@pytest.fixture
def table() -> str:
    return f"earlier-{new_owner()}"


@pytest.fixture
def earlier(
    pool: TokenIssuer, settings: ApiSettings, aws_environment: str, table: str
) -> Iterator[Gateway]:
    async def open_tables(stack: AsyncExitStack) -> Tables:
        client = await Clients(stack, settings.region).open_dynamodb(fast_path=True)
        await load_items(client, table, DUMP.items)
        return dynamo_tables(client, table)

    with serve(pool, settings, open_tables) as gateway:
        gateway.owner = OWNER
        yield gateway


def test_api_reads_changes_and_erases_earlier_rows(
    earlier: Gateway, settings: ApiSettings, table: str
) -> None:
    """Every endpoint that reads or changes an owner's data works on rows of version 1."""
    http, headers = earlier.client, earlier.headers()
    ids = {key.image_id: name for name, key in DUMP.images.items() if key.owner == OWNER}

    def names(query: str) -> set[str]:
        response = http.get(f"/v1/images?limit=100{query}", headers=headers)
        assert response.status_code == 200, response.text
        return {ids[item["id"]] for item in response.json()["items"]}

    uploaded = ids.keys() - {
        DUMP.images[name].image_id
        for name in ("awaiting_upload", "awaiting_upload_labeled", "deleting")
    }
    assert names("") == {ids[image_id] for image_id in uploaded}
    assert names("&label=dog") == {"ready_plain", "ready_same_content"}
    assert names("&text=bonjour") == set()
    assert names("&status=awaiting_upload") == {"awaiting_upload", "awaiting_upload_labeled"}
    assert names(f"&album={DUMP.albums['album']}") == {"ready", "ready_plain"}
    for image_id, name in ids.items():
        url = f"/v1/images/{image_id}"
        image = http.get(url, headers=headers)
        assert image.status_code == (404 if name == "deleting" else 200)
        if name != "deleting":
            assert http.get(f"{url}/history", headers=headers).status_code == 200
            edited = http.request("PATCH", url, headers=headers, json={"title": "New"})
            assert edited.json()["title"] == "New", edited.text
    # The words of an image are indexed when its row is migrated, here by the edit.
    assert names("&text=bonjour") == {"ready"}
    assert names("&q=bonjour") == {"ready"}
    for path in ("/v1/labels", "/v1/albums", "/v1/usage", "/v1/account/export"):
        assert http.get(path, headers=headers).status_code == 200
    export = http.get("/v1/account/export/images?limit=100", headers=headers).json()
    assert len(export["items"]) == len(uploaded)
    erase = "/v1/account?confirm=everything"
    while (erased := http.delete(erase, headers=headers)).status_code == 202:
        pass
    assert erased.status_code == 204, erased.text

    async def scan() -> list[Item]:
        async with AsyncExitStack() as stack:
            return await scan_items(await Clients(stack, settings.region).open("dynamodb"), table)

    assert not [item for item in earlier.run(scan()) if OWNER in item["pk"]["S"]]
