from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.problem_body import ProblemBody
from ...types import File, FileTypes
from ...types import UNSET, Unset
from io import BytesIO
from typing import cast


def _get_kwargs(
    *,
    part: str,
    if_none_match: str | Unset = UNSET,
    if_range: str | Unset = UNSET,
    range_: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_none_match, Unset):
        headers["if-none-match"] = if_none_match

    if not isinstance(if_range, Unset):
        headers["if-range"] = if_range

    if not isinstance(range_, Unset):
        headers["range"] = range_

    params: dict[str, Any] = {}

    params["part"] = part

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/archives/download",
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | File | ProblemBody | None:
    if response.status_code == 200:
        response_200 = File(payload=BytesIO(response.content))

        return response_200

    if response.status_code == 206:
        response_206 = File(payload=BytesIO(response.content))

        return response_206

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

    if response.status_code == 416:
        response_416 = ProblemBody.from_dict(response.json())

        return response_416

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
) -> Response[Any | File | ProblemBody]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    part: str,
    if_none_match: str | Unset = UNSET,
    if_range: str | Unset = UNSET,
    range_: str | Unset = UNSET,
) -> Response[Any | File | ProblemBody]:
    """Download a part of an archive

     Stream a ZIP file: originals, an XMP sidecar for each, and two JSON files.

    `sightline-001.json` has the metadata of the images and of their albums, and
    `sightline-001-missing.json` the ids of images that were deleted since the archive was created.
    File names are unique in all parts. The strong `ETag` changes whenever one of the images
    changes; it is also the comment of the ZIP file. To resume an interrupted download, pass it as
    `If-Range` with a `Range`: the response is the rest (206), or the whole file if it has changed
    (200).

    Args:
        part (str): As in the `url` of the part.
        if_none_match (str | Unset):
        if_range (str | Unset): The `ETag` that the file must still have for the range.
        range_ (str | Unset): Bytes to return, as `bytes=1048576-`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | File | ProblemBody]
    """

    kwargs = _get_kwargs(
        part=part,
        if_none_match=if_none_match,
        if_range=if_range,
        range_=range_,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    part: str,
    if_none_match: str | Unset = UNSET,
    if_range: str | Unset = UNSET,
    range_: str | Unset = UNSET,
) -> Any | File | ProblemBody | None:
    """Download a part of an archive

     Stream a ZIP file: originals, an XMP sidecar for each, and two JSON files.

    `sightline-001.json` has the metadata of the images and of their albums, and
    `sightline-001-missing.json` the ids of images that were deleted since the archive was created.
    File names are unique in all parts. The strong `ETag` changes whenever one of the images
    changes; it is also the comment of the ZIP file. To resume an interrupted download, pass it as
    `If-Range` with a `Range`: the response is the rest (206), or the whole file if it has changed
    (200).

    Args:
        part (str): As in the `url` of the part.
        if_none_match (str | Unset):
        if_range (str | Unset): The `ETag` that the file must still have for the range.
        range_ (str | Unset): Bytes to return, as `bytes=1048576-`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | File | ProblemBody
    """

    return sync_detailed(
        client=client,
        part=part,
        if_none_match=if_none_match,
        if_range=if_range,
        range_=range_,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    part: str,
    if_none_match: str | Unset = UNSET,
    if_range: str | Unset = UNSET,
    range_: str | Unset = UNSET,
) -> Response[Any | File | ProblemBody]:
    """Download a part of an archive

     Stream a ZIP file: originals, an XMP sidecar for each, and two JSON files.

    `sightline-001.json` has the metadata of the images and of their albums, and
    `sightline-001-missing.json` the ids of images that were deleted since the archive was created.
    File names are unique in all parts. The strong `ETag` changes whenever one of the images
    changes; it is also the comment of the ZIP file. To resume an interrupted download, pass it as
    `If-Range` with a `Range`: the response is the rest (206), or the whole file if it has changed
    (200).

    Args:
        part (str): As in the `url` of the part.
        if_none_match (str | Unset):
        if_range (str | Unset): The `ETag` that the file must still have for the range.
        range_ (str | Unset): Bytes to return, as `bytes=1048576-`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | File | ProblemBody]
    """

    kwargs = _get_kwargs(
        part=part,
        if_none_match=if_none_match,
        if_range=if_range,
        range_=range_,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    part: str,
    if_none_match: str | Unset = UNSET,
    if_range: str | Unset = UNSET,
    range_: str | Unset = UNSET,
) -> Any | File | ProblemBody | None:
    """Download a part of an archive

     Stream a ZIP file: originals, an XMP sidecar for each, and two JSON files.

    `sightline-001.json` has the metadata of the images and of their albums, and
    `sightline-001-missing.json` the ids of images that were deleted since the archive was created.
    File names are unique in all parts. The strong `ETag` changes whenever one of the images
    changes; it is also the comment of the ZIP file. To resume an interrupted download, pass it as
    `If-Range` with a `Range`: the response is the rest (206), or the whole file if it has changed
    (200).

    Args:
        part (str): As in the `url` of the part.
        if_none_match (str | Unset):
        if_range (str | Unset): The `ETag` that the file must still have for the range.
        range_ (str | Unset): Bytes to return, as `bytes=1048576-`.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | File | ProblemBody
    """

    return (
        await asyncio_detailed(
            client=client,
            part=part,
            if_none_match=if_none_match,
            if_range=if_range,
            range_=range_,
        )
    ).parsed
