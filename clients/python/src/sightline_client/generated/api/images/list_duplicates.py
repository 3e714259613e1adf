from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.duplicates import Duplicates
from ...models.problem_body import ProblemBody
from ...types import UNSET, Unset
from typing import cast


def _get_kwargs(
    image_id: str,
    *,
    limit: int | Unset = 50,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/images/{image_id}/duplicates".format(
            image_id=quote(str(image_id), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Duplicates | ProblemBody | None:
    if response.status_code == 200:
        response_200 = Duplicates.from_dict(response.json())

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
) -> Response[Duplicates | ProblemBody]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    image_id: str,
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 50,
) -> Response[Duplicates | ProblemBody]:
    """List the near duplicates of an image

     Return the caller's images that show the same scene as this one.

    They are the same image encoded, resized, slightly cropped or recolored. The list is empty until
    the renditions of the image exist, and for an image that is one plain color.

    Args:
        image_id (str):
        limit (int | Unset):  Default: 50.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Duplicates | ProblemBody]
    """

    kwargs = _get_kwargs(
        image_id=image_id,
        limit=limit,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    image_id: str,
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 50,
) -> Duplicates | ProblemBody | None:
    """List the near duplicates of an image

     Return the caller's images that show the same scene as this one.

    They are the same image encoded, resized, slightly cropped or recolored. The list is empty until
    the renditions of the image exist, and for an image that is one plain color.

    Args:
        image_id (str):
        limit (int | Unset):  Default: 50.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Duplicates | ProblemBody
    """

    return sync_detailed(
        image_id=image_id,
        client=client,
        limit=limit,
    ).parsed


async def asyncio_detailed(
    image_id: str,
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 50,
) -> Response[Duplicates | ProblemBody]:
    """List the near duplicates of an image

     Return the caller's images that show the same scene as this one.

    They are the same image encoded, resized, slightly cropped or recolored. The list is empty until
    the renditions of the image exist, and for an image that is one plain color.

    Args:
        image_id (str):
        limit (int | Unset):  Default: 50.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Duplicates | ProblemBody]
    """

    kwargs = _get_kwargs(
        image_id=image_id,
        limit=limit,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    image_id: str,
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 50,
) -> Duplicates | ProblemBody | None:
    """List the near duplicates of an image

     Return the caller's images that show the same scene as this one.

    They are the same image encoded, resized, slightly cropped or recolored. The list is empty until
    the renditions of the image exist, and for an image that is one plain color.

    Args:
        image_id (str):
        limit (int | Unset):  Default: 50.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Duplicates | ProblemBody
    """

    return (
        await asyncio_detailed(
            image_id=image_id,
            client=client,
            limit=limit,
        )
    ).parsed
