from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.album_request import AlbumRequest
from ...models.created_album import CreatedAlbum
from ...models.problem_body import ProblemBody
from ...types import UNSET, Unset
from typing import cast


def _get_kwargs(
    *,
    body: AlbumRequest,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["idempotency-key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/albums",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> CreatedAlbum | ProblemBody | None:
    if response.status_code == 201:
        response_201 = CreatedAlbum.from_dict(response.json())

        return response_201

    if response.status_code == 400:
        response_400 = ProblemBody.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = ProblemBody.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = ProblemBody.from_dict(response.json())

        return response_403

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
) -> Response[CreatedAlbum | ProblemBody]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: AlbumRequest,
    idempotency_key: str | Unset = UNSET,
) -> Response[CreatedAlbum | ProblemBody]:
    """Create an album

     Create an album: an empty one, or with the newest images that a search finds.

    At most 500 images are added; `images` is their exact number, and `next_cursor` continues the
    search. Images that are found later do not enter the album. To search, an API key needs the
    scope `images:read` as well.

    Args:
        idempotency_key (str | Unset):
        body (AlbumRequest): A new album.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CreatedAlbum | ProblemBody]
    """

    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    body: AlbumRequest,
    idempotency_key: str | Unset = UNSET,
) -> CreatedAlbum | ProblemBody | None:
    """Create an album

     Create an album: an empty one, or with the newest images that a search finds.

    At most 500 images are added; `images` is their exact number, and `next_cursor` continues the
    search. Images that are found later do not enter the album. To search, an API key needs the
    scope `images:read` as well.

    Args:
        idempotency_key (str | Unset):
        body (AlbumRequest): A new album.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CreatedAlbum | ProblemBody
    """

    return sync_detailed(
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: AlbumRequest,
    idempotency_key: str | Unset = UNSET,
) -> Response[CreatedAlbum | ProblemBody]:
    """Create an album

     Create an album: an empty one, or with the newest images that a search finds.

    At most 500 images are added; `images` is their exact number, and `next_cursor` continues the
    search. Images that are found later do not enter the album. To search, an API key needs the
    scope `images:read` as well.

    Args:
        idempotency_key (str | Unset):
        body (AlbumRequest): A new album.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CreatedAlbum | ProblemBody]
    """

    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: AlbumRequest,
    idempotency_key: str | Unset = UNSET,
) -> CreatedAlbum | ProblemBody | None:
    """Create an album

     Create an album: an empty one, or with the newest images that a search finds.

    At most 500 images are added; `images` is their exact number, and `next_cursor` continues the
    search. Images that are found later do not enter the album. To search, an API key needs the
    scope `images:read` as well.

    Args:
        idempotency_key (str | Unset):
        body (AlbumRequest): A new album.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CreatedAlbum | ProblemBody
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
