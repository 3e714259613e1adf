from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.export_account_record import ExportAccountRecord
from ...models.export_album_record import ExportAlbumRecord
from ...models.export_end_record import ExportEndRecord
from ...models.export_image_record import ExportImageRecord
from ...models.problem_body import ProblemBody
from ...types import UNSET, Unset
from typing import cast


def _get_kwargs(
    *,
    cursor: None | str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_cursor: None | str | Unset
    if isinstance(cursor, Unset):
        json_cursor = UNSET
    else:
        json_cursor = cursor
    params["cursor"] = json_cursor

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/account/export",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> (
    ExportAccountRecord
    | ExportAlbumRecord
    | ExportEndRecord
    | ExportImageRecord
    | ProblemBody
    | None
):
    if response.status_code == 200:

        def _parse_response_200(
            data: object,
        ) -> ExportAccountRecord | ExportAlbumRecord | ExportEndRecord | ExportImageRecord:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                response_200_type_0 = ExportAccountRecord.from_dict(data)

                return response_200_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                response_200_type_1 = ExportAlbumRecord.from_dict(data)

                return response_200_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                response_200_type_2 = ExportImageRecord.from_dict(data)

                return response_200_type_2
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            response_200_type_3 = ExportEndRecord.from_dict(data)

            return response_200_type_3

        response_200 = _parse_response_200(response.content)

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
) -> Response[
    ExportAccountRecord | ExportAlbumRecord | ExportEndRecord | ExportImageRecord | ProblemBody
]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    cursor: None | str | Unset = UNSET,
) -> Response[
    ExportAccountRecord | ExportAlbumRecord | ExportEndRecord | ExportImageRecord | ProblemBody
]:
    """Export an account

     Export everything of the caller as JSON lines.

    The lines are the account, its albums, and its images, newest first. Images with the status
    `awaiting_upload` are left out. URLs of originals and renditions are valid for at least an hour.
    To resume an interrupted export, pass the `cursor` of its last image.

    Args:
        cursor (None | str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ExportAccountRecord | ExportAlbumRecord | ExportEndRecord | ExportImageRecord | ProblemBody]
    """

    kwargs = _get_kwargs(
        cursor=cursor,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    cursor: None | str | Unset = UNSET,
) -> (
    ExportAccountRecord
    | ExportAlbumRecord
    | ExportEndRecord
    | ExportImageRecord
    | ProblemBody
    | None
):
    """Export an account

     Export everything of the caller as JSON lines.

    The lines are the account, its albums, and its images, newest first. Images with the status
    `awaiting_upload` are left out. URLs of originals and renditions are valid for at least an hour.
    To resume an interrupted export, pass the `cursor` of its last image.

    Args:
        cursor (None | str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ExportAccountRecord | ExportAlbumRecord | ExportEndRecord | ExportImageRecord | ProblemBody
    """

    return sync_detailed(
        client=client,
        cursor=cursor,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    cursor: None | str | Unset = UNSET,
) -> Response[
    ExportAccountRecord | ExportAlbumRecord | ExportEndRecord | ExportImageRecord | ProblemBody
]:
    """Export an account

     Export everything of the caller as JSON lines.

    The lines are the account, its albums, and its images, newest first. Images with the status
    `awaiting_upload` are left out. URLs of originals and renditions are valid for at least an hour.
    To resume an interrupted export, pass the `cursor` of its last image.

    Args:
        cursor (None | str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ExportAccountRecord | ExportAlbumRecord | ExportEndRecord | ExportImageRecord | ProblemBody]
    """

    kwargs = _get_kwargs(
        cursor=cursor,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    cursor: None | str | Unset = UNSET,
) -> (
    ExportAccountRecord
    | ExportAlbumRecord
    | ExportEndRecord
    | ExportImageRecord
    | ProblemBody
    | None
):
    """Export an account

     Export everything of the caller as JSON lines.

    The lines are the account, its albums, and its images, newest first. Images with the status
    `awaiting_upload` are left out. URLs of originals and renditions are valid for at least an hour.
    To resume an interrupted export, pass the `cursor` of its last image.

    Args:
        cursor (None | str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ExportAccountRecord | ExportAlbumRecord | ExportEndRecord | ExportImageRecord | ProblemBody
    """

    return (
        await asyncio_detailed(
            client=client,
            cursor=cursor,
        )
    ).parsed
