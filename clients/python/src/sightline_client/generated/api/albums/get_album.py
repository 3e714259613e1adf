from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.album_view import AlbumView
from ...models.problem_body import ProblemBody
from typing import cast


def _get_kwargs(
    album_id: str,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/albums/{album_id}".format(
            album_id=quote(str(album_id), safe=""),
        ),
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> AlbumView | ProblemBody | None:
    if response.status_code == 200:
        response_200 = AlbumView.from_dict(response.json())

        return response_200

    if response.status_code == 401:
        response_401 = ProblemBody.from_dict(response.json())

        return response_401

    if response.status_code == 404:
        response_404 = ProblemBody.from_dict(response.json())

        return response_404

    if response.status_code == 422:
        response_422 = ProblemBody.from_dict(response.json())

        return response_422

    if response.status_code == 429:
        response_429 = ProblemBody.from_dict(response.json())

        return response_429

    if response.status_code == 503:
        response_503 = ProblemBody.from_dict(response.json())

        return response_503

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[AlbumView | ProblemBody]:
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
) -> Response[AlbumView | ProblemBody]:
    """Get an album

     Return one album. List its images with `GET /v1/images?album={album_id}`.

    Args:
        album_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AlbumView | ProblemBody]
    """

    kwargs = _get_kwargs(
        album_id=album_id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    album_id: str,
    *,
    client: AuthenticatedClient,
) -> AlbumView | ProblemBody | None:
    """Get an album

     Return one album. List its images with `GET /v1/images?album={album_id}`.

    Args:
        album_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AlbumView | ProblemBody
    """

    return sync_detailed(
        album_id=album_id,
        client=client,
    ).parsed


async def asyncio_detailed(
    album_id: str,
    *,
    client: AuthenticatedClient,
) -> Response[AlbumView | ProblemBody]:
    """Get an album

     Return one album. List its images with `GET /v1/images?album={album_id}`.

    Args:
        album_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AlbumView | ProblemBody]
    """

    kwargs = _get_kwargs(
        album_id=album_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    album_id: str,
    *,
    client: AuthenticatedClient,
) -> AlbumView | ProblemBody | None:
    """Get an album

     Return one album. List its images with `GET /v1/images?album={album_id}`.

    Args:
        album_id (str):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AlbumView | ProblemBody
    """

    return (
        await asyncio_detailed(
            album_id=album_id,
            client=client,
        )
    ).parsed
