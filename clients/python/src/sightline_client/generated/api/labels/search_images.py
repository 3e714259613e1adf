from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.image_summary_page import ImageSummaryPage
from ...models.problem_body import ProblemBody
from ...types import UNSET, Unset
from typing import cast


def _get_kwargs(
    *,
    label: list[str] | Unset = UNSET,
    not_: list[str] | Unset = UNSET,
    text: list[str] | Unset = UNSET,
    album: str | Unset = UNSET,
    min_confidence: float | Unset = 0.0,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_none_match, Unset):
        headers["if-none-match"] = if_none_match

    params: dict[str, Any] = {}

    json_label: list[str] | Unset = UNSET
    if not isinstance(label, Unset):
        json_label = label

    params["label"] = json_label

    json_not_: list[str] | Unset = UNSET
    if not isinstance(not_, Unset):
        json_not_ = not_

    params["not"] = json_not_

    json_text: list[str] | Unset = UNSET
    if not isinstance(text, Unset):
        json_text = text

    params["text"] = json_text

    params["album"] = album

    params["min_confidence"] = min_confidence

    params["limit"] = limit

    params["cursor"] = cursor

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/search",
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
    label: list[str] | Unset = UNSET,
    not_: list[str] | Unset = UNSET,
    text: list[str] | Unset = UNSET,
    album: str | Unset = UNSET,
    min_confidence: float | Unset = 0.0,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | ImageSummaryPage | ProblemBody]:
    """Search images

     Return summaries of the caller's images that match a search, newest first.

    An image matches if it has every `label` and none of `not`, if its recognized text contains
    every word of `text`, and if it belongs to `album`. Labels and words match in any letter case. A
    label that the owner added has a confidence of 100. Text is recognized if the feature `text` was
    requested. Images with the status `awaiting_upload` are left out. A page may have fewer items
    than `limit` and still have a `next_cursor`.

    Args:
        label (list[str] | Unset):
        not_ (list[str] | Unset):
        text (list[str] | Unset):
        album (str | Unset): The id of an album: a UUID of version 7. Ids sort by creation time.
        min_confidence (float | Unset):  Default: 0.0.
        limit (int | Unset):  Default: 50.
        cursor (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ImageSummaryPage | ProblemBody]
    """

    kwargs = _get_kwargs(
        label=label,
        not_=not_,
        text=text,
        album=album,
        min_confidence=min_confidence,
        limit=limit,
        cursor=cursor,
        if_none_match=if_none_match,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    label: list[str] | Unset = UNSET,
    not_: list[str] | Unset = UNSET,
    text: list[str] | Unset = UNSET,
    album: str | Unset = UNSET,
    min_confidence: float | Unset = 0.0,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | ImageSummaryPage | ProblemBody | None:
    """Search images

     Return summaries of the caller's images that match a search, newest first.

    An image matches if it has every `label` and none of `not`, if its recognized text contains
    every word of `text`, and if it belongs to `album`. Labels and words match in any letter case. A
    label that the owner added has a confidence of 100. Text is recognized if the feature `text` was
    requested. Images with the status `awaiting_upload` are left out. A page may have fewer items
    than `limit` and still have a `next_cursor`.

    Args:
        label (list[str] | Unset):
        not_ (list[str] | Unset):
        text (list[str] | Unset):
        album (str | Unset): The id of an album: a UUID of version 7. Ids sort by creation time.
        min_confidence (float | Unset):  Default: 0.0.
        limit (int | Unset):  Default: 50.
        cursor (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ImageSummaryPage | ProblemBody
    """

    return sync_detailed(
        client=client,
        label=label,
        not_=not_,
        text=text,
        album=album,
        min_confidence=min_confidence,
        limit=limit,
        cursor=cursor,
        if_none_match=if_none_match,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    label: list[str] | Unset = UNSET,
    not_: list[str] | Unset = UNSET,
    text: list[str] | Unset = UNSET,
    album: str | Unset = UNSET,
    min_confidence: float | Unset = 0.0,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | ImageSummaryPage | ProblemBody]:
    """Search images

     Return summaries of the caller's images that match a search, newest first.

    An image matches if it has every `label` and none of `not`, if its recognized text contains
    every word of `text`, and if it belongs to `album`. Labels and words match in any letter case. A
    label that the owner added has a confidence of 100. Text is recognized if the feature `text` was
    requested. Images with the status `awaiting_upload` are left out. A page may have fewer items
    than `limit` and still have a `next_cursor`.

    Args:
        label (list[str] | Unset):
        not_ (list[str] | Unset):
        text (list[str] | Unset):
        album (str | Unset): The id of an album: a UUID of version 7. Ids sort by creation time.
        min_confidence (float | Unset):  Default: 0.0.
        limit (int | Unset):  Default: 50.
        cursor (str | Unset):
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ImageSummaryPage | ProblemBody]
    """

    kwargs = _get_kwargs(
        label=label,
        not_=not_,
        text=text,
        album=album,
        min_confidence=min_confidence,
        limit=limit,
        cursor=cursor,
        if_none_match=if_none_match,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    label: list[str] | Unset = UNSET,
    not_: list[str] | Unset = UNSET,
    text: list[str] | Unset = UNSET,
    album: str | Unset = UNSET,
    min_confidence: float | Unset = 0.0,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | ImageSummaryPage | ProblemBody | None:
    """Search images

     Return summaries of the caller's images that match a search, newest first.

    An image matches if it has every `label` and none of `not`, if its recognized text contains
    every word of `text`, and if it belongs to `album`. Labels and words match in any letter case. A
    label that the owner added has a confidence of 100. Text is recognized if the feature `text` was
    requested. Images with the status `awaiting_upload` are left out. A page may have fewer items
    than `limit` and still have a `next_cursor`.

    Args:
        label (list[str] | Unset):
        not_ (list[str] | Unset):
        text (list[str] | Unset):
        album (str | Unset): The id of an album: a UUID of version 7. Ids sort by creation time.
        min_confidence (float | Unset):  Default: 0.0.
        limit (int | Unset):  Default: 50.
        cursor (str | Unset):
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
            label=label,
            not_=not_,
            text=text,
            album=album,
            min_confidence=min_confidence,
            limit=limit,
            cursor=cursor,
            if_none_match=if_none_match,
        )
    ).parsed
