from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.album_member_changes import AlbumMemberChanges
from ...models.album_member_view import AlbumMemberView
from ...models.problem_body import ProblemBody
from typing import cast


def _get_kwargs(
    album_id: str,
    member_id: str,
    *,
    body: AlbumMemberChanges,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "patch",
        "url": "/v1/albums/{album_id}/members/{member_id}".format(
            album_id=quote(str(album_id), safe=""),
            member_id=quote(str(member_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> AlbumMemberView | ProblemBody | None:
    if response.status_code == 200:
        response_200 = AlbumMemberView.from_dict(response.json())

        return response_200

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
) -> Response[AlbumMemberView | ProblemBody]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    album_id: str,
    member_id: str,
    *,
    client: AuthenticatedClient,
    body: AlbumMemberChanges,
) -> Response[AlbumMemberView | ProblemBody]:
    """Update a member of an album

     Change the role of a member, or what the member sees; it takes effect at once.

    Images that a former contributor added stay in the album.

    Args:
        album_id (str): The id of an album: a UUID of version 7. Ids sort by creation time.
        member_id (str): The id of an member: a UUID of version 7. Ids sort by creation time.
        body (AlbumMemberChanges): The fields to change. A field that is left out stays as it is.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AlbumMemberView | ProblemBody]
    """

    kwargs = _get_kwargs(
        album_id=album_id,
        member_id=member_id,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    album_id: str,
    member_id: str,
    *,
    client: AuthenticatedClient,
    body: AlbumMemberChanges,
) -> AlbumMemberView | ProblemBody | None:
    """Update a member of an album

     Change the role of a member, or what the member sees; it takes effect at once.

    Images that a former contributor added stay in the album.

    Args:
        album_id (str): The id of an album: a UUID of version 7. Ids sort by creation time.
        member_id (str): The id of an member: a UUID of version 7. Ids sort by creation time.
        body (AlbumMemberChanges): The fields to change. A field that is left out stays as it is.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AlbumMemberView | ProblemBody
    """

    return sync_detailed(
        album_id=album_id,
        member_id=member_id,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    album_id: str,
    member_id: str,
    *,
    client: AuthenticatedClient,
    body: AlbumMemberChanges,
) -> Response[AlbumMemberView | ProblemBody]:
    """Update a member of an album

     Change the role of a member, or what the member sees; it takes effect at once.

    Images that a former contributor added stay in the album.

    Args:
        album_id (str): The id of an album: a UUID of version 7. Ids sort by creation time.
        member_id (str): The id of an member: a UUID of version 7. Ids sort by creation time.
        body (AlbumMemberChanges): The fields to change. A field that is left out stays as it is.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AlbumMemberView | ProblemBody]
    """

    kwargs = _get_kwargs(
        album_id=album_id,
        member_id=member_id,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    album_id: str,
    member_id: str,
    *,
    client: AuthenticatedClient,
    body: AlbumMemberChanges,
) -> AlbumMemberView | ProblemBody | None:
    """Update a member of an album

     Change the role of a member, or what the member sees; it takes effect at once.

    Images that a former contributor added stay in the album.

    Args:
        album_id (str): The id of an album: a UUID of version 7. Ids sort by creation time.
        member_id (str): The id of an member: a UUID of version 7. Ids sort by creation time.
        body (AlbumMemberChanges): The fields to change. A field that is left out stays as it is.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AlbumMemberView | ProblemBody
    """

    return (
        await asyncio_detailed(
            album_id=album_id,
            member_id=member_id,
            client=client,
            body=body,
        )
    ).parsed
