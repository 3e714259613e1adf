from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.problem_body import ProblemBody
from typing import cast


def _get_kwargs(
    album_id: str,
    invitation_id: str,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "delete",
        "url": "/v1/albums/{album_id}/invitations/{invitation_id}".format(
            album_id=quote(str(album_id), safe=""),
            invitation_id=quote(str(invitation_id), safe=""),
        ),
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | ProblemBody | None:
    if response.status_code == 204:
        response_204 = cast(Any, None)
        return response_204

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
) -> Response[Any | ProblemBody]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    album_id: str,
    invitation_id: str,
    *,
    client: AuthenticatedClient,
) -> Response[Any | ProblemBody]:
    """Revoke an invitation to an album

     Revoke an invitation that was not accepted. Its token stops working at once.

    Args:
        album_id (str): The id of an album: a UUID of version 7. Ids sort by creation time.
        invitation_id (str): The id of an invitation: a UUID of version 7. Ids sort by creation
            time.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ProblemBody]
    """

    kwargs = _get_kwargs(
        album_id=album_id,
        invitation_id=invitation_id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    album_id: str,
    invitation_id: str,
    *,
    client: AuthenticatedClient,
) -> Any | ProblemBody | None:
    """Revoke an invitation to an album

     Revoke an invitation that was not accepted. Its token stops working at once.

    Args:
        album_id (str): The id of an album: a UUID of version 7. Ids sort by creation time.
        invitation_id (str): The id of an invitation: a UUID of version 7. Ids sort by creation
            time.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ProblemBody
    """

    return sync_detailed(
        album_id=album_id,
        invitation_id=invitation_id,
        client=client,
    ).parsed


async def asyncio_detailed(
    album_id: str,
    invitation_id: str,
    *,
    client: AuthenticatedClient,
) -> Response[Any | ProblemBody]:
    """Revoke an invitation to an album

     Revoke an invitation that was not accepted. Its token stops working at once.

    Args:
        album_id (str): The id of an album: a UUID of version 7. Ids sort by creation time.
        invitation_id (str): The id of an invitation: a UUID of version 7. Ids sort by creation
            time.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ProblemBody]
    """

    kwargs = _get_kwargs(
        album_id=album_id,
        invitation_id=invitation_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    album_id: str,
    invitation_id: str,
    *,
    client: AuthenticatedClient,
) -> Any | ProblemBody | None:
    """Revoke an invitation to an album

     Revoke an invitation that was not accepted. Its token stops working at once.

    Args:
        album_id (str): The id of an album: a UUID of version 7. Ids sort by creation time.
        invitation_id (str): The id of an invitation: a UUID of version 7. Ids sort by creation
            time.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ProblemBody
    """

    return (
        await asyncio_detailed(
            album_id=album_id,
            invitation_id=invitation_id,
            client=client,
        )
    ).parsed
