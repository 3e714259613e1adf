from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.archived_filter import ArchivedFilter
from ...models.image_summary_page import ImageSummaryPage
from ...models.list_order import ListOrder
from ...models.problem_body import ProblemBody
from ...models.sort_order import SortOrder
from ...models.status import Status
from ...types import UNSET, Unset
from typing import cast
import datetime


def _get_kwargs(
    *,
    sort: SortOrder | Unset = UNSET,
    order: ListOrder | Unset = UNSET,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
    status: Status | Unset = UNSET,
    album: str | Unset = UNSET,
    label: list[str] | Unset = UNSET,
    not_: list[str] | Unset = UNSET,
    min_confidence: float | Unset = 0.0,
    text: list[str] | Unset = UNSET,
    q: str | Unset = UNSET,
    bbox: str | Unset = UNSET,
    created_from: datetime.datetime | Unset = UNSET,
    created_until: datetime.datetime | Unset = UNSET,
    taken_from: datetime.datetime | Unset = UNSET,
    taken_until: datetime.datetime | Unset = UNSET,
    month: str | Unset = UNSET,
    favorite: bool | Unset = UNSET,
    archived: ArchivedFilter | Unset = UNSET,
    rating_min: int | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_none_match, Unset):
        headers["if-none-match"] = if_none_match

    params: dict[str, Any] = {}

    json_sort: str | Unset = UNSET
    if not isinstance(sort, Unset):
        json_sort = sort.value

    params["sort"] = json_sort

    json_order: str | Unset = UNSET
    if not isinstance(order, Unset):
        json_order = order.value

    params["order"] = json_order

    params["limit"] = limit

    params["cursor"] = cursor

    json_status: str | Unset = UNSET
    if not isinstance(status, Unset):
        json_status = status.value

    params["status"] = json_status

    params["album"] = album

    json_label: list[str] | Unset = UNSET
    if not isinstance(label, Unset):
        json_label = label

    params["label"] = json_label

    json_not_: list[str] | Unset = UNSET
    if not isinstance(not_, Unset):
        json_not_ = not_

    params["not"] = json_not_

    params["min_confidence"] = min_confidence

    json_text: list[str] | Unset = UNSET
    if not isinstance(text, Unset):
        json_text = text

    params["text"] = json_text

    params["q"] = q

    params["bbox"] = bbox

    json_created_from: str | Unset = UNSET
    if not isinstance(created_from, Unset):
        json_created_from = created_from.isoformat()
    params["created_from"] = json_created_from

    json_created_until: str | Unset = UNSET
    if not isinstance(created_until, Unset):
        json_created_until = created_until.isoformat()
    params["created_until"] = json_created_until

    json_taken_from: str | Unset = UNSET
    if not isinstance(taken_from, Unset):
        json_taken_from = taken_from.isoformat()
    params["taken_from"] = json_taken_from

    json_taken_until: str | Unset = UNSET
    if not isinstance(taken_until, Unset):
        json_taken_until = taken_until.isoformat()
    params["taken_until"] = json_taken_until

    params["month"] = month

    params["favorite"] = favorite

    json_archived: str | Unset = UNSET
    if not isinstance(archived, Unset):
        json_archived = archived.value

    params["archived"] = json_archived

    params["rating_min"] = rating_min

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/images",
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | ImageSummaryPage | ProblemBody | None:
    if response.status_code == 200:
        response_200 = ImageSummaryPage.from_dict(response.json())

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
) -> Response[Any | ImageSummaryPage | ProblemBody]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    sort: SortOrder | Unset = UNSET,
    order: ListOrder | Unset = UNSET,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
    status: Status | Unset = UNSET,
    album: str | Unset = UNSET,
    label: list[str] | Unset = UNSET,
    not_: list[str] | Unset = UNSET,
    min_confidence: float | Unset = 0.0,
    text: list[str] | Unset = UNSET,
    q: str | Unset = UNSET,
    bbox: str | Unset = UNSET,
    created_from: datetime.datetime | Unset = UNSET,
    created_until: datetime.datetime | Unset = UNSET,
    taken_from: datetime.datetime | Unset = UNSET,
    taken_until: datetime.datetime | Unset = UNSET,
    month: str | Unset = UNSET,
    favorite: bool | Unset = UNSET,
    archived: ArchivedFilter | Unset = UNSET,
    rating_min: int | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | ImageSummaryPage | ProblemBody]:
    """List images

     Return summaries of the caller's images that match all filters.

    Labels and words match in any letter case. A label that the owner added has a confidence of 100.
    Text is recognized if the feature `text` was requested. `q` searches all fields at once, and
    `matches` of an image are the fields that have each of its words. A range includes its start and
    excludes its end; a time without an offset counts as UTC. When many images are left out, a page
    may have fewer items than `limit`, or none, and still have a `next_cursor`. A cursor continues a
    list in the same order, whatever has changed since. A list of an album without `sort` and
    `order` has the order of the album.

    Args:
        sort (SortOrder | Unset): The order of a list of images by their time of creation.
        order (ListOrder | Unset): The order of a list: by the time of upload, or of capture and
            else of upload, or manual.
        limit (int | Unset):  Default: 50.
        cursor (str | Unset):
        status (Status | Unset): The status of an image, as its owner sees it.
        album (str | Unset): The id of an album: a UUID of version 7. Ids sort by creation time.
        label (list[str] | Unset): Images that have all of these labels.
        not_ (list[str] | Unset): Images that have none of these labels.
        min_confidence (float | Unset): Minimum confidence of every `label`, in percent. Default:
            0.0.
        text (list[str] | Unset): Images whose recognized text or place has all of these words.
        q (str | Unset): Images whose fields together have all of these words: the title (at first
            the name of the file), description, camera, lens, place, labels and their synonyms, and
            recognized text. The last word may be the start of a word; words in double quotes are a
            phrase. Accents do not matter.
        bbox (str | Unset): Images taken within this box: west, south, east and north in degrees.
            A west greater than the east crosses the antimeridian.
        created_from (datetime.datetime | Unset):
        created_until (datetime.datetime | Unset):
        taken_from (datetime.datetime | Unset):
        taken_until (datetime.datetime | Unset):
        month (str | Unset): Images of this month of the timeline: on a clock at the place of
            capture, or else of their upload in UTC.
        favorite (bool | Unset): Favorites; with `false`, all other images.
        archived (ArchivedFilter | Unset): Whether to select the images of the archive, the
            others, or both.
        rating_min (int | Unset): Images with at least this rating.
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ImageSummaryPage | ProblemBody]
    """

    kwargs = _get_kwargs(
        sort=sort,
        order=order,
        limit=limit,
        cursor=cursor,
        status=status,
        album=album,
        label=label,
        not_=not_,
        min_confidence=min_confidence,
        text=text,
        q=q,
        bbox=bbox,
        created_from=created_from,
        created_until=created_until,
        taken_from=taken_from,
        taken_until=taken_until,
        month=month,
        favorite=favorite,
        archived=archived,
        rating_min=rating_min,
        if_none_match=if_none_match,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    sort: SortOrder | Unset = UNSET,
    order: ListOrder | Unset = UNSET,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
    status: Status | Unset = UNSET,
    album: str | Unset = UNSET,
    label: list[str] | Unset = UNSET,
    not_: list[str] | Unset = UNSET,
    min_confidence: float | Unset = 0.0,
    text: list[str] | Unset = UNSET,
    q: str | Unset = UNSET,
    bbox: str | Unset = UNSET,
    created_from: datetime.datetime | Unset = UNSET,
    created_until: datetime.datetime | Unset = UNSET,
    taken_from: datetime.datetime | Unset = UNSET,
    taken_until: datetime.datetime | Unset = UNSET,
    month: str | Unset = UNSET,
    favorite: bool | Unset = UNSET,
    archived: ArchivedFilter | Unset = UNSET,
    rating_min: int | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | ImageSummaryPage | ProblemBody | None:
    """List images

     Return summaries of the caller's images that match all filters.

    Labels and words match in any letter case. A label that the owner added has a confidence of 100.
    Text is recognized if the feature `text` was requested. `q` searches all fields at once, and
    `matches` of an image are the fields that have each of its words. A range includes its start and
    excludes its end; a time without an offset counts as UTC. When many images are left out, a page
    may have fewer items than `limit`, or none, and still have a `next_cursor`. A cursor continues a
    list in the same order, whatever has changed since. A list of an album without `sort` and
    `order` has the order of the album.

    Args:
        sort (SortOrder | Unset): The order of a list of images by their time of creation.
        order (ListOrder | Unset): The order of a list: by the time of upload, or of capture and
            else of upload, or manual.
        limit (int | Unset):  Default: 50.
        cursor (str | Unset):
        status (Status | Unset): The status of an image, as its owner sees it.
        album (str | Unset): The id of an album: a UUID of version 7. Ids sort by creation time.
        label (list[str] | Unset): Images that have all of these labels.
        not_ (list[str] | Unset): Images that have none of these labels.
        min_confidence (float | Unset): Minimum confidence of every `label`, in percent. Default:
            0.0.
        text (list[str] | Unset): Images whose recognized text or place has all of these words.
        q (str | Unset): Images whose fields together have all of these words: the title (at first
            the name of the file), description, camera, lens, place, labels and their synonyms, and
            recognized text. The last word may be the start of a word; words in double quotes are a
            phrase. Accents do not matter.
        bbox (str | Unset): Images taken within this box: west, south, east and north in degrees.
            A west greater than the east crosses the antimeridian.
        created_from (datetime.datetime | Unset):
        created_until (datetime.datetime | Unset):
        taken_from (datetime.datetime | Unset):
        taken_until (datetime.datetime | Unset):
        month (str | Unset): Images of this month of the timeline: on a clock at the place of
            capture, or else of their upload in UTC.
        favorite (bool | Unset): Favorites; with `false`, all other images.
        archived (ArchivedFilter | Unset): Whether to select the images of the archive, the
            others, or both.
        rating_min (int | Unset): Images with at least this rating.
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ImageSummaryPage | ProblemBody
    """

    return sync_detailed(
        client=client,
        sort=sort,
        order=order,
        limit=limit,
        cursor=cursor,
        status=status,
        album=album,
        label=label,
        not_=not_,
        min_confidence=min_confidence,
        text=text,
        q=q,
        bbox=bbox,
        created_from=created_from,
        created_until=created_until,
        taken_from=taken_from,
        taken_until=taken_until,
        month=month,
        favorite=favorite,
        archived=archived,
        rating_min=rating_min,
        if_none_match=if_none_match,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    sort: SortOrder | Unset = UNSET,
    order: ListOrder | Unset = UNSET,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
    status: Status | Unset = UNSET,
    album: str | Unset = UNSET,
    label: list[str] | Unset = UNSET,
    not_: list[str] | Unset = UNSET,
    min_confidence: float | Unset = 0.0,
    text: list[str] | Unset = UNSET,
    q: str | Unset = UNSET,
    bbox: str | Unset = UNSET,
    created_from: datetime.datetime | Unset = UNSET,
    created_until: datetime.datetime | Unset = UNSET,
    taken_from: datetime.datetime | Unset = UNSET,
    taken_until: datetime.datetime | Unset = UNSET,
    month: str | Unset = UNSET,
    favorite: bool | Unset = UNSET,
    archived: ArchivedFilter | Unset = UNSET,
    rating_min: int | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | ImageSummaryPage | ProblemBody]:
    """List images

     Return summaries of the caller's images that match all filters.

    Labels and words match in any letter case. A label that the owner added has a confidence of 100.
    Text is recognized if the feature `text` was requested. `q` searches all fields at once, and
    `matches` of an image are the fields that have each of its words. A range includes its start and
    excludes its end; a time without an offset counts as UTC. When many images are left out, a page
    may have fewer items than `limit`, or none, and still have a `next_cursor`. A cursor continues a
    list in the same order, whatever has changed since. A list of an album without `sort` and
    `order` has the order of the album.

    Args:
        sort (SortOrder | Unset): The order of a list of images by their time of creation.
        order (ListOrder | Unset): The order of a list: by the time of upload, or of capture and
            else of upload, or manual.
        limit (int | Unset):  Default: 50.
        cursor (str | Unset):
        status (Status | Unset): The status of an image, as its owner sees it.
        album (str | Unset): The id of an album: a UUID of version 7. Ids sort by creation time.
        label (list[str] | Unset): Images that have all of these labels.
        not_ (list[str] | Unset): Images that have none of these labels.
        min_confidence (float | Unset): Minimum confidence of every `label`, in percent. Default:
            0.0.
        text (list[str] | Unset): Images whose recognized text or place has all of these words.
        q (str | Unset): Images whose fields together have all of these words: the title (at first
            the name of the file), description, camera, lens, place, labels and their synonyms, and
            recognized text. The last word may be the start of a word; words in double quotes are a
            phrase. Accents do not matter.
        bbox (str | Unset): Images taken within this box: west, south, east and north in degrees.
            A west greater than the east crosses the antimeridian.
        created_from (datetime.datetime | Unset):
        created_until (datetime.datetime | Unset):
        taken_from (datetime.datetime | Unset):
        taken_until (datetime.datetime | Unset):
        month (str | Unset): Images of this month of the timeline: on a clock at the place of
            capture, or else of their upload in UTC.
        favorite (bool | Unset): Favorites; with `false`, all other images.
        archived (ArchivedFilter | Unset): Whether to select the images of the archive, the
            others, or both.
        rating_min (int | Unset): Images with at least this rating.
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ImageSummaryPage | ProblemBody]
    """

    kwargs = _get_kwargs(
        sort=sort,
        order=order,
        limit=limit,
        cursor=cursor,
        status=status,
        album=album,
        label=label,
        not_=not_,
        min_confidence=min_confidence,
        text=text,
        q=q,
        bbox=bbox,
        created_from=created_from,
        created_until=created_until,
        taken_from=taken_from,
        taken_until=taken_until,
        month=month,
        favorite=favorite,
        archived=archived,
        rating_min=rating_min,
        if_none_match=if_none_match,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    sort: SortOrder | Unset = UNSET,
    order: ListOrder | Unset = UNSET,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
    status: Status | Unset = UNSET,
    album: str | Unset = UNSET,
    label: list[str] | Unset = UNSET,
    not_: list[str] | Unset = UNSET,
    min_confidence: float | Unset = 0.0,
    text: list[str] | Unset = UNSET,
    q: str | Unset = UNSET,
    bbox: str | Unset = UNSET,
    created_from: datetime.datetime | Unset = UNSET,
    created_until: datetime.datetime | Unset = UNSET,
    taken_from: datetime.datetime | Unset = UNSET,
    taken_until: datetime.datetime | Unset = UNSET,
    month: str | Unset = UNSET,
    favorite: bool | Unset = UNSET,
    archived: ArchivedFilter | Unset = UNSET,
    rating_min: int | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | ImageSummaryPage | ProblemBody | None:
    """List images

     Return summaries of the caller's images that match all filters.

    Labels and words match in any letter case. A label that the owner added has a confidence of 100.
    Text is recognized if the feature `text` was requested. `q` searches all fields at once, and
    `matches` of an image are the fields that have each of its words. A range includes its start and
    excludes its end; a time without an offset counts as UTC. When many images are left out, a page
    may have fewer items than `limit`, or none, and still have a `next_cursor`. A cursor continues a
    list in the same order, whatever has changed since. A list of an album without `sort` and
    `order` has the order of the album.

    Args:
        sort (SortOrder | Unset): The order of a list of images by their time of creation.
        order (ListOrder | Unset): The order of a list: by the time of upload, or of capture and
            else of upload, or manual.
        limit (int | Unset):  Default: 50.
        cursor (str | Unset):
        status (Status | Unset): The status of an image, as its owner sees it.
        album (str | Unset): The id of an album: a UUID of version 7. Ids sort by creation time.
        label (list[str] | Unset): Images that have all of these labels.
        not_ (list[str] | Unset): Images that have none of these labels.
        min_confidence (float | Unset): Minimum confidence of every `label`, in percent. Default:
            0.0.
        text (list[str] | Unset): Images whose recognized text or place has all of these words.
        q (str | Unset): Images whose fields together have all of these words: the title (at first
            the name of the file), description, camera, lens, place, labels and their synonyms, and
            recognized text. The last word may be the start of a word; words in double quotes are a
            phrase. Accents do not matter.
        bbox (str | Unset): Images taken within this box: west, south, east and north in degrees.
            A west greater than the east crosses the antimeridian.
        created_from (datetime.datetime | Unset):
        created_until (datetime.datetime | Unset):
        taken_from (datetime.datetime | Unset):
        taken_until (datetime.datetime | Unset):
        month (str | Unset): Images of this month of the timeline: on a clock at the place of
            capture, or else of their upload in UTC.
        favorite (bool | Unset): Favorites; with `false`, all other images.
        archived (ArchivedFilter | Unset): Whether to select the images of the archive, the
            others, or both.
        rating_min (int | Unset): Images with at least this rating.
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ImageSummaryPage | ProblemBody
    """

    return (
        await asyncio_detailed(
            client=client,
            sort=sort,
            order=order,
            limit=limit,
            cursor=cursor,
            status=status,
            album=album,
            label=label,
            not_=not_,
            min_confidence=min_confidence,
            text=text,
            q=q,
            bbox=bbox,
            created_from=created_from,
            created_until=created_until,
            taken_from=taken_from,
            taken_until=taken_until,
            month=month,
            favorite=favorite,
            archived=archived,
            rating_min=rating_min,
            if_none_match=if_none_match,
        )
    ).parsed
