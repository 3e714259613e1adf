from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.album_addition import AlbumAddition
from ...models.item_outcomes import ItemOutcomes
from ...models.problem_body import ProblemBody
from ...types import UNSET, Unset
from typing import cast


def _get_kwargs(
    album_id: str,
    *,
    body: AlbumAddition,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["idempotency-key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/albums/{album_id}/images".format(
            album_id=quote(str(album_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ItemOutcomes | ProblemBody | None:
    if response.status_code == 207:
        response_207 = ItemOutcomes.from_dict(response.json())

        return response_207

    if response.status_code == 400:
        response_400 = ProblemBody.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = ProblemBody.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = ProblemBody.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        response_404 = ProblemBody.from_dict(response.json())

        return response_404

    if response.status_code == 408:
        response_408 = ProblemBody.from_dict(response.json())

        return response_408

    if response.status_code == 409:
        response_409 = ProblemBody.from_dict(response.json())

        return response_409

    if response.status_code == 413:
        response_413 = ProblemBody.from_dict(response.json())

        return response_413

    if response.status_code == 415:
        response_415 = ProblemBody.from_dict(response.json())

        return response_415

    if response.status_code == 422:
        response_422 = ProblemBody.from_dict(response.json())

        return response_422

    if response.status_code == 429:
        response_429 = ProblemBody.from_dict(response.json())

        return response_429

    if response.status_code == 431:
        response_431 = ProblemBody.from_dict(response.json())

        return response_431

    if response.status_code == 500:
        response_500 = ProblemBody.from_dict(response.json())

        return response_500

    if response.status_code == 503:
        response_503 = ProblemBody.from_dict(response.json())

        return response_503

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ItemOutcomes | ProblemBody]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    album_id: str,
    *,
    client: AuthenticatedClient,
    body: AlbumAddition,
    idempotency_key: str | Unset = UNSET,
) -> Response[ItemOutcomes | ProblemBody]:
    """Add up to 100 images to an album

     Add up to 100 of the caller's images to the album. Every image has an outcome of its own.

    A contributor adds images that have been uploaded. They stay those of the contributor, and leave
    the album when the contributor leaves it or deletes them. A viewer may not add images.

    Args:
        album_id (str): The id of an album: a UUID of version 7. Ids sort by creation time.
        idempotency_key (str | Unset):
        body (AlbumAddition): Images to add to an album.

            The other fields matter for images that a contributor adds to an album of another owner.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ItemOutcomes | ProblemBody]
    """

    kwargs = _get_kwargs(
        album_id=album_id,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    album_id: str,
    *,
    client: AuthenticatedClient,
    body: AlbumAddition,
    idempotency_key: str | Unset = UNSET,
) -> ItemOutcomes | ProblemBody | None:
    """Add up to 100 images to an album

     Add up to 100 of the caller's images to the album. Every image has an outcome of its own.

    A contributor adds images that have been uploaded. They stay those of the contributor, and leave
    the album when the contributor leaves it or deletes them. A viewer may not add images.

    Args:
        album_id (str): The id of an album: a UUID of version 7. Ids sort by creation time.
        idempotency_key (str | Unset):
        body (AlbumAddition): Images to add to an album.

            The other fields matter for images that a contributor adds to an album of another owner.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ItemOutcomes | ProblemBody
    """

    return sync_detailed(
        album_id=album_id,
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    album_id: str,
    *,
    client: AuthenticatedClient,
    body: AlbumAddition,
    idempotency_key: str | Unset = UNSET,
) -> Response[ItemOutcomes | ProblemBody]:
    """Add up to 100 images to an album

     Add up to 100 of the caller's images to the album. Every image has an outcome of its own.

    A contributor adds images that have been uploaded. They stay those of the contributor, and leave
    the album when the contributor leaves it or deletes them. A viewer may not add images.

    Args:
        album_id (str): The id of an album: a UUID of version 7. Ids sort by creation time.
        idempotency_key (str | Unset):
        body (AlbumAddition): Images to add to an album.

            The other fields matter for images that a contributor adds to an album of another owner.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ItemOutcomes | ProblemBody]
    """

    kwargs = _get_kwargs(
        album_id=album_id,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    album_id: str,
    *,
    client: AuthenticatedClient,
    body: AlbumAddition,
    idempotency_key: str | Unset = UNSET,
) -> ItemOutcomes | ProblemBody | None:
    """Add up to 100 images to an album

     Add up to 100 of the caller's images to the album. Every image has an outcome of its own.

    A contributor adds images that have been uploaded. They stay those of the contributor, and leave
    the album when the contributor leaves it or deletes them. A viewer may not add images.

    Args:
        album_id (str): The id of an album: a UUID of version 7. Ids sort by creation time.
        idempotency_key (str | Unset):
        body (AlbumAddition): Images to add to an album.

            The other fields matter for images that a contributor adds to an album of another owner.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ItemOutcomes | ProblemBody
    """

    return (
        await asyncio_detailed(
            album_id=album_id,
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
