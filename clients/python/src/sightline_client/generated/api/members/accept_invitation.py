from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.album_membership_view import AlbumMembershipView
from ...models.invitation_acceptance import InvitationAcceptance
from ...models.problem_body import ProblemBody
from ...types import UNSET, Unset
from typing import cast


def _get_kwargs(
    token: str,
    *,
    body: InvitationAcceptance,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["idempotency-key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/invitations/{token}/accept".format(
            token=quote(str(token), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> AlbumMembershipView | ProblemBody | None:
    if response.status_code == 200:
        response_200 = AlbumMembershipView.from_dict(response.json())

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
) -> Response[AlbumMembershipView | ProblemBody]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    token: str,
    *,
    client: AuthenticatedClient,
    body: InvitationAcceptance,
    idempotency_key: str | Unset = UNSET,
) -> Response[AlbumMembershipView | ProblemBody]:
    """Accept an invitation

     Become a member of the album. The invitation can be accepted only once, by anyone who has it.

    The owner of the album sees which invitation was accepted, and with `id_token` the verified
    email address of the caller.

    Args:
        token (str): The token of the link.
        idempotency_key (str | Unset):
        body (InvitationAcceptance): How the invited person accepts.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AlbumMembershipView | ProblemBody]
    """

    kwargs = _get_kwargs(
        token=token,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    token: str,
    *,
    client: AuthenticatedClient,
    body: InvitationAcceptance,
    idempotency_key: str | Unset = UNSET,
) -> AlbumMembershipView | ProblemBody | None:
    """Accept an invitation

     Become a member of the album. The invitation can be accepted only once, by anyone who has it.

    The owner of the album sees which invitation was accepted, and with `id_token` the verified
    email address of the caller.

    Args:
        token (str): The token of the link.
        idempotency_key (str | Unset):
        body (InvitationAcceptance): How the invited person accepts.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AlbumMembershipView | ProblemBody
    """

    return sync_detailed(
        token=token,
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    token: str,
    *,
    client: AuthenticatedClient,
    body: InvitationAcceptance,
    idempotency_key: str | Unset = UNSET,
) -> Response[AlbumMembershipView | ProblemBody]:
    """Accept an invitation

     Become a member of the album. The invitation can be accepted only once, by anyone who has it.

    The owner of the album sees which invitation was accepted, and with `id_token` the verified
    email address of the caller.

    Args:
        token (str): The token of the link.
        idempotency_key (str | Unset):
        body (InvitationAcceptance): How the invited person accepts.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[AlbumMembershipView | ProblemBody]
    """

    kwargs = _get_kwargs(
        token=token,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    token: str,
    *,
    client: AuthenticatedClient,
    body: InvitationAcceptance,
    idempotency_key: str | Unset = UNSET,
) -> AlbumMembershipView | ProblemBody | None:
    """Accept an invitation

     Become a member of the album. The invitation can be accepted only once, by anyone who has it.

    The owner of the album sees which invitation was accepted, and with `id_token` the verified
    email address of the caller.

    Args:
        token (str): The token of the link.
        idempotency_key (str | Unset):
        body (InvitationAcceptance): How the invited person accepts.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        AlbumMembershipView | ProblemBody
    """

    return (
        await asyncio_detailed(
            token=token,
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
