from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.album_image_page import AlbumImagePage
from ...models.problem_body import ProblemBody
from ...types import UNSET, Unset
from typing import cast


def _get_kwargs(
    album_id: str,
    *,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_none_match, Unset):
        headers["if-none-match"] = if_none_match

    params: dict[str, Any] = {}

    params["limit"] = limit

    params["cursor"] = cursor

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/albums/{album_id}/images".format(
            album_id=quote(str(album_id), safe=""),
        ),
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> AlbumImagePage | Any | ProblemBody | None:
    if response.status_code == 200:
        response_200 = AlbumImagePage.from_dict(response.json())

        return response_200

    if response.status_code == 304:
        response_304 = cast(Any, None)
        return response_304

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
) -> Response[AlbumImagePage | Any | ProblemBody]:
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
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[AlbumImagePage | Any | ProblemBody]:
    """List the images of an album

     Return the images of an own or shared album, with those that members added, in its order.

    A cursor continues the order in which the list began. Titles and times of capture are null
    unless they are shown to the caller. A page may have fewer items than `limit`, and still have a
    `next_cursor`.

    Args:
        album_id (str): The id of an album: a UUID of version 7. Ids sort by creation time.
        limit (int | Unset):  Default: 50.
        cursor (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AlbumImagePage | Any | ProblemBody]
    """

    kwargs = _get_kwargs(
        album_id=album_id,
        limit=limit,
        cursor=cursor,
        if_none_match=if_none_match,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    album_id: str,
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> AlbumImagePage | Any | ProblemBody | None:
    """List the images of an album

     Return the images of an own or shared album, with those that members added, in its order.

    A cursor continues the order in which the list began. Titles and times of capture are null
    unless they are shown to the caller. A page may have fewer items than `limit`, and still have a
    `next_cursor`.

    Args:
        album_id (str): The id of an album: a UUID of version 7. Ids sort by creation time.
        limit (int | Unset):  Default: 50.
        cursor (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AlbumImagePage | Any | ProblemBody
    """

    return sync_detailed(
        album_id=album_id,
        client=client,
        limit=limit,
        cursor=cursor,
        if_none_match=if_none_match,
    ).parsed


async def asyncio_detailed(
    album_id: str,
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[AlbumImagePage | Any | ProblemBody]:
    """List the images of an album

     Return the images of an own or shared album, with those that members added, in its order.

    A cursor continues the order in which the list began. Titles and times of capture are null
    unless they are shown to the caller. A page may have fewer items than `limit`, and still have a
    `next_cursor`.

    Args:
        album_id (str): The id of an album: a UUID of version 7. Ids sort by creation time.
        limit (int | Unset):  Default: 50.
        cursor (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AlbumImagePage | Any | ProblemBody]
    """

    kwargs = _get_kwargs(
        album_id=album_id,
        limit=limit,
        cursor=cursor,
        if_none_match=if_none_match,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    album_id: str,
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> AlbumImagePage | Any | ProblemBody | None:
    """List the images of an album

     Return the images of an own or shared album, with those that members added, in its order.

    A cursor continues the order in which the list began. Titles and times of capture are null
    unless they are shown to the caller. A page may have fewer items than `limit`, and still have a
    `next_cursor`.

    Args:
        album_id (str): The id of an album: a UUID of version 7. Ids sort by creation time.
        limit (int | Unset):  Default: 50.
        cursor (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AlbumImagePage | Any | ProblemBody
    """

    return (
        await asyncio_detailed(
            album_id=album_id,
            client=client,
            limit=limit,
            cursor=cursor,
            if_none_match=if_none_match,
        )
    ).parsed
