from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.image_summary_page import ImageSummaryPage
from ...models.problem_body import ProblemBody
from ...models.status import Status
from ...types import UNSET, Unset
from typing import cast
import datetime


def _get_kwargs(
    *,
    status: None | Status | Unset = UNSET,
    album: None | str | Unset = UNSET,
    label: list[str] | Unset = UNSET,
    created_from: datetime.datetime | None | Unset = UNSET,
    created_until: datetime.datetime | None | Unset = UNSET,
    taken_from: datetime.datetime | None | Unset = UNSET,
    taken_until: datetime.datetime | None | Unset = UNSET,
    limit: int | Unset = 50,
    cursor: None | str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_status: None | str | Unset
    if isinstance(status, Unset):
        json_status = UNSET
    elif isinstance(status, Status):
        json_status = status.value
    else:
        json_status = status
    params["status"] = json_status

    json_album: None | str | Unset
    if isinstance(album, Unset):
        json_album = UNSET
    else:
        json_album = album
    params["album"] = json_album

    json_label: list[str] | Unset = UNSET
    if not isinstance(label, Unset):
        json_label = label

    params["label"] = json_label

    json_created_from: None | str | Unset
    if isinstance(created_from, Unset):
        json_created_from = UNSET
    elif isinstance(created_from, datetime.datetime):
        json_created_from = created_from.isoformat()
    else:
        json_created_from = created_from
    params["created_from"] = json_created_from

    json_created_until: None | str | Unset
    if isinstance(created_until, Unset):
        json_created_until = UNSET
    elif isinstance(created_until, datetime.datetime):
        json_created_until = created_until.isoformat()
    else:
        json_created_until = created_until
    params["created_until"] = json_created_until

    json_taken_from: None | str | Unset
    if isinstance(taken_from, Unset):
        json_taken_from = UNSET
    elif isinstance(taken_from, datetime.datetime):
        json_taken_from = taken_from.isoformat()
    else:
        json_taken_from = taken_from
    params["taken_from"] = json_taken_from

    json_taken_until: None | str | Unset
    if isinstance(taken_until, Unset):
        json_taken_until = UNSET
    elif isinstance(taken_until, datetime.datetime):
        json_taken_until = taken_until.isoformat()
    else:
        json_taken_until = taken_until
    params["taken_until"] = json_taken_until

    params["limit"] = limit

    json_cursor: None | str | Unset
    if isinstance(cursor, Unset):
        json_cursor = UNSET
    else:
        json_cursor = cursor
    params["cursor"] = json_cursor

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/images",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ImageSummaryPage | ProblemBody | None:
    if response.status_code == 200:
        response_200 = ImageSummaryPage.from_dict(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = ProblemBody.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = ProblemBody.from_dict(response.json())

        return response_401

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
) -> Response[ImageSummaryPage | ProblemBody]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    status: None | Status | Unset = UNSET,
    album: None | str | Unset = UNSET,
    label: list[str] | Unset = UNSET,
    created_from: datetime.datetime | None | Unset = UNSET,
    created_until: datetime.datetime | None | Unset = UNSET,
    taken_from: datetime.datetime | None | Unset = UNSET,
    taken_until: datetime.datetime | None | Unset = UNSET,
    limit: int | Unset = 50,
    cursor: None | str | Unset = UNSET,
) -> Response[ImageSummaryPage | ProblemBody]:
    """List images

     Return summaries of the caller's images, newest first.

    Images with the status `awaiting_upload` are left out, unless `status` selects them. With
    filters, return the images that belong to `album` and have every `label`. A range includes its
    start and excludes its end; a time without an offset counts as UTC. When many images are left
    out, a page may have fewer items than `limit`, or none, and still have a `next_cursor`.

    Args:
        status (None | Status | Unset):
        album (None | str | Unset):
        label (list[str] | Unset):
        created_from (datetime.datetime | None | Unset):
        created_until (datetime.datetime | None | Unset):
        taken_from (datetime.datetime | None | Unset):
        taken_until (datetime.datetime | None | Unset):
        limit (int | Unset):  Default: 50.
        cursor (None | str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ImageSummaryPage | ProblemBody]
    """

    kwargs = _get_kwargs(
        status=status,
        album=album,
        label=label,
        created_from=created_from,
        created_until=created_until,
        taken_from=taken_from,
        taken_until=taken_until,
        limit=limit,
        cursor=cursor,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    status: None | Status | Unset = UNSET,
    album: None | str | Unset = UNSET,
    label: list[str] | Unset = UNSET,
    created_from: datetime.datetime | None | Unset = UNSET,
    created_until: datetime.datetime | None | Unset = UNSET,
    taken_from: datetime.datetime | None | Unset = UNSET,
    taken_until: datetime.datetime | None | Unset = UNSET,
    limit: int | Unset = 50,
    cursor: None | str | Unset = UNSET,
) -> ImageSummaryPage | ProblemBody | None:
    """List images

     Return summaries of the caller's images, newest first.

    Images with the status `awaiting_upload` are left out, unless `status` selects them. With
    filters, return the images that belong to `album` and have every `label`. A range includes its
    start and excludes its end; a time without an offset counts as UTC. When many images are left
    out, a page may have fewer items than `limit`, or none, and still have a `next_cursor`.

    Args:
        status (None | Status | Unset):
        album (None | str | Unset):
        label (list[str] | Unset):
        created_from (datetime.datetime | None | Unset):
        created_until (datetime.datetime | None | Unset):
        taken_from (datetime.datetime | None | Unset):
        taken_until (datetime.datetime | None | Unset):
        limit (int | Unset):  Default: 50.
        cursor (None | str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ImageSummaryPage | ProblemBody
    """

    return sync_detailed(
        client=client,
        status=status,
        album=album,
        label=label,
        created_from=created_from,
        created_until=created_until,
        taken_from=taken_from,
        taken_until=taken_until,
        limit=limit,
        cursor=cursor,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    status: None | Status | Unset = UNSET,
    album: None | str | Unset = UNSET,
    label: list[str] | Unset = UNSET,
    created_from: datetime.datetime | None | Unset = UNSET,
    created_until: datetime.datetime | None | Unset = UNSET,
    taken_from: datetime.datetime | None | Unset = UNSET,
    taken_until: datetime.datetime | None | Unset = UNSET,
    limit: int | Unset = 50,
    cursor: None | str | Unset = UNSET,
) -> Response[ImageSummaryPage | ProblemBody]:
    """List images

     Return summaries of the caller's images, newest first.

    Images with the status `awaiting_upload` are left out, unless `status` selects them. With
    filters, return the images that belong to `album` and have every `label`. A range includes its
    start and excludes its end; a time without an offset counts as UTC. When many images are left
    out, a page may have fewer items than `limit`, or none, and still have a `next_cursor`.

    Args:
        status (None | Status | Unset):
        album (None | str | Unset):
        label (list[str] | Unset):
        created_from (datetime.datetime | None | Unset):
        created_until (datetime.datetime | None | Unset):
        taken_from (datetime.datetime | None | Unset):
        taken_until (datetime.datetime | None | Unset):
        limit (int | Unset):  Default: 50.
        cursor (None | str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ImageSummaryPage | ProblemBody]
    """

    kwargs = _get_kwargs(
        status=status,
        album=album,
        label=label,
        created_from=created_from,
        created_until=created_until,
        taken_from=taken_from,
        taken_until=taken_until,
        limit=limit,
        cursor=cursor,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    status: None | Status | Unset = UNSET,
    album: None | str | Unset = UNSET,
    label: list[str] | Unset = UNSET,
    created_from: datetime.datetime | None | Unset = UNSET,
    created_until: datetime.datetime | None | Unset = UNSET,
    taken_from: datetime.datetime | None | Unset = UNSET,
    taken_until: datetime.datetime | None | Unset = UNSET,
    limit: int | Unset = 50,
    cursor: None | str | Unset = UNSET,
) -> ImageSummaryPage | ProblemBody | None:
    """List images

     Return summaries of the caller's images, newest first.

    Images with the status `awaiting_upload` are left out, unless `status` selects them. With
    filters, return the images that belong to `album` and have every `label`. A range includes its
    start and excludes its end; a time without an offset counts as UTC. When many images are left
    out, a page may have fewer items than `limit`, or none, and still have a `next_cursor`.

    Args:
        status (None | Status | Unset):
        album (None | str | Unset):
        label (list[str] | Unset):
        created_from (datetime.datetime | None | Unset):
        created_until (datetime.datetime | None | Unset):
        taken_from (datetime.datetime | None | Unset):
        taken_until (datetime.datetime | None | Unset):
        limit (int | Unset):  Default: 50.
        cursor (None | str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ImageSummaryPage | ProblemBody
    """

    return (
        await asyncio_detailed(
            client=client,
            status=status,
            album=album,
            label=label,
            created_from=created_from,
            created_until=created_until,
            taken_from=taken_from,
            taken_until=taken_until,
            limit=limit,
            cursor=cursor,
        )
    ).parsed
