from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.image_changes import ImageChanges
from ...models.image_view import ImageView
from ...models.problem_body import ProblemBody
from ...types import UNSET, Unset
from typing import cast


def _get_kwargs(
    image_id: str,
    *,
    body: ImageChanges,
    if_match: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["if-match"] = if_match

    _kwargs: dict[str, Any] = {
        "method": "patch",
        "url": "/v1/images/{image_id}".format(
            image_id=quote(str(image_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ImageView | ProblemBody | None:
    if response.status_code == 200:
        response_200 = ImageView.from_dict(response.json())

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

    if response.status_code == 412:
        response_412 = ProblemBody.from_dict(response.json())

        return response_412

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
) -> Response[ImageView | ProblemBody]:
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
    body: ImageChanges,
    if_match: str | Unset = UNSET,
) -> Response[ImageView | ProblemBody]:
    """Update an image

     Change the title, the description, the owner's labels, flags, time, position and rotation.

    Reprocessing keeps them, and so does the trash. After a change of the rotation, the renditions
    are created again, and the status is `processing` meanwhile. The original stays as it was
    uploaded.

    With `If-Match`, only if the image still has that `ETag`.

    Args:
        image_id (str): The id of an image: a UUID of version 7. Ids sort by creation time.
        if_match (str | Unset): The `ETag` that the resource must still have.
        body (ImageChanges): The fields to change. A field that is left out stays; null removes a
            text or a time.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ImageView | ProblemBody]
    """

    kwargs = _get_kwargs(
        image_id=image_id,
        body=body,
        if_match=if_match,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    image_id: str,
    *,
    client: AuthenticatedClient,
    body: ImageChanges,
    if_match: str | Unset = UNSET,
) -> ImageView | ProblemBody | None:
    """Update an image

     Change the title, the description, the owner's labels, flags, time, position and rotation.

    Reprocessing keeps them, and so does the trash. After a change of the rotation, the renditions
    are created again, and the status is `processing` meanwhile. The original stays as it was
    uploaded.

    With `If-Match`, only if the image still has that `ETag`.

    Args:
        image_id (str): The id of an image: a UUID of version 7. Ids sort by creation time.
        if_match (str | Unset): The `ETag` that the resource must still have.
        body (ImageChanges): The fields to change. A field that is left out stays; null removes a
            text or a time.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ImageView | ProblemBody
    """

    return sync_detailed(
        image_id=image_id,
        client=client,
        body=body,
        if_match=if_match,
    ).parsed


async def asyncio_detailed(
    image_id: str,
    *,
    client: AuthenticatedClient,
    body: ImageChanges,
    if_match: str | Unset = UNSET,
) -> Response[ImageView | ProblemBody]:
    """Update an image

     Change the title, the description, the owner's labels, flags, time, position and rotation.

    Reprocessing keeps them, and so does the trash. After a change of the rotation, the renditions
    are created again, and the status is `processing` meanwhile. The original stays as it was
    uploaded.

    With `If-Match`, only if the image still has that `ETag`.

    Args:
        image_id (str): The id of an image: a UUID of version 7. Ids sort by creation time.
        if_match (str | Unset): The `ETag` that the resource must still have.
        body (ImageChanges): The fields to change. A field that is left out stays; null removes a
            text or a time.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ImageView | ProblemBody]
    """

    kwargs = _get_kwargs(
        image_id=image_id,
        body=body,
        if_match=if_match,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    image_id: str,
    *,
    client: AuthenticatedClient,
    body: ImageChanges,
    if_match: str | Unset = UNSET,
) -> ImageView | ProblemBody | None:
    """Update an image

     Change the title, the description, the owner's labels, flags, time, position and rotation.

    Reprocessing keeps them, and so does the trash. After a change of the rotation, the renditions
    are created again, and the status is `processing` meanwhile. The original stays as it was
    uploaded.

    With `If-Match`, only if the image still has that `ETag`.

    Args:
        image_id (str): The id of an image: a UUID of version 7. Ids sort by creation time.
        if_match (str | Unset): The `ETag` that the resource must still have.
        body (ImageChanges): The fields to change. A field that is left out stays; null removes a
            text or a time.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ImageView | ProblemBody
    """

    return (
        await asyncio_detailed(
            image_id=image_id,
            client=client,
            body=body,
            if_match=if_match,
        )
    ).parsed
