from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.original_view import OriginalView
from ...models.problem_body import ProblemBody
from ...types import UNSET, Unset
from typing import cast


def _get_kwargs(
    token: str,
    image_id: str,
    *,
    share_access: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(share_access, Unset):
        headers["share-access"] = share_access

    if not isinstance(if_none_match, Unset):
        headers["if-none-match"] = if_none_match

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/shared/{token}/images/{image_id}/original".format(
            token=quote(str(token), safe=""),
            image_id=quote(str(image_id), safe=""),
        ),
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | OriginalView | ProblemBody | None:
    if response.status_code == 200:
        response_200 = OriginalView.from_dict(response.json())

        return response_200

    if response.status_code == 304:
        response_304 = cast(Any, None)
        return response_304

    if response.status_code == 400:
        response_400 = ProblemBody.from_dict(response.json())

        return response_400

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
) -> Response[Any | OriginalView | ProblemBody]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    token: str,
    image_id: str,
    *,
    client: AuthenticatedClient | Client,
    share_access: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | OriginalView | ProblemBody]:
    """Get the original of a shared image

     Return a URL that downloads the original. It is not found unless the link allows it.

    Args:
        token (str): The token of the link.
        image_id (str): The id of an image: a UUID of version 7. Ids sort by creation time.
        share_access (str | Unset): The `access` that `POST /v1/shared/{token}/access` returned,
            if the link has a password.
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | OriginalView | ProblemBody]
    """

    kwargs = _get_kwargs(
        token=token,
        image_id=image_id,
        share_access=share_access,
        if_none_match=if_none_match,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    token: str,
    image_id: str,
    *,
    client: AuthenticatedClient | Client,
    share_access: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | OriginalView | ProblemBody | None:
    """Get the original of a shared image

     Return a URL that downloads the original. It is not found unless the link allows it.

    Args:
        token (str): The token of the link.
        image_id (str): The id of an image: a UUID of version 7. Ids sort by creation time.
        share_access (str | Unset): The `access` that `POST /v1/shared/{token}/access` returned,
            if the link has a password.
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | OriginalView | ProblemBody
    """

    return sync_detailed(
        token=token,
        image_id=image_id,
        client=client,
        share_access=share_access,
        if_none_match=if_none_match,
    ).parsed


async def asyncio_detailed(
    token: str,
    image_id: str,
    *,
    client: AuthenticatedClient | Client,
    share_access: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | OriginalView | ProblemBody]:
    """Get the original of a shared image

     Return a URL that downloads the original. It is not found unless the link allows it.

    Args:
        token (str): The token of the link.
        image_id (str): The id of an image: a UUID of version 7. Ids sort by creation time.
        share_access (str | Unset): The `access` that `POST /v1/shared/{token}/access` returned,
            if the link has a password.
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | OriginalView | ProblemBody]
    """

    kwargs = _get_kwargs(
        token=token,
        image_id=image_id,
        share_access=share_access,
        if_none_match=if_none_match,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    token: str,
    image_id: str,
    *,
    client: AuthenticatedClient | Client,
    share_access: str | Unset = UNSET,
    if_none_match: str | Unset = UNSET,
) -> Any | OriginalView | ProblemBody | None:
    """Get the original of a shared image

     Return a URL that downloads the original. It is not found unless the link allows it.

    Args:
        token (str): The token of the link.
        image_id (str): The id of an image: a UUID of version 7. Ids sort by creation time.
        share_access (str | Unset): The `access` that `POST /v1/shared/{token}/access` returned,
            if the link has a password.
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | OriginalView | ProblemBody
    """

    return (
        await asyncio_detailed(
            token=token,
            image_id=image_id,
            client=client,
            share_access=share_access,
            if_none_match=if_none_match,
        )
    ).parsed
