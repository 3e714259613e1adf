from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.problem_body import ProblemBody
from ...types import UNSET, Unset
from typing import cast


def _get_kwargs(
    *,
    last_event_id: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(last_event_id, Unset):
        headers["last-event-id"] = last_event_id

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/events",
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ProblemBody | str | None:
    if response.status_code == 200:
        response_200 = response.text
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
) -> Response[ProblemBody | str]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    last_event_id: str | Unset = UNSET,
) -> Response[ProblemBody | str]:
    """Stream events

     Stream changes of the caller's images and albums as Server-Sent Events.

    - `open`: the first event of a new stream. Load the current state after it.
    - `image`: an image changed; fetch it again. `change` is `created`, `updated` or `deleted`, and
      `status` is the current status of the image, null if it is deleted.
    - `album`: an album changed; fetch it again.
    - `reset`: events may be missing. Load the current state again.

    A stream ends after some minutes, when its token expires, or when the service is deployed.
    Reconnect with the `id` of the last event as `Last-Event-ID` to resume without a gap. An event
    may be delivered more than once.

    Args:
        last_event_id (str | Unset): The `id` of the last event of the previous stream.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemBody | str]
    """

    kwargs = _get_kwargs(
        last_event_id=last_event_id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    last_event_id: str | Unset = UNSET,
) -> ProblemBody | str | None:
    """Stream events

     Stream changes of the caller's images and albums as Server-Sent Events.

    - `open`: the first event of a new stream. Load the current state after it.
    - `image`: an image changed; fetch it again. `change` is `created`, `updated` or `deleted`, and
      `status` is the current status of the image, null if it is deleted.
    - `album`: an album changed; fetch it again.
    - `reset`: events may be missing. Load the current state again.

    A stream ends after some minutes, when its token expires, or when the service is deployed.
    Reconnect with the `id` of the last event as `Last-Event-ID` to resume without a gap. An event
    may be delivered more than once.

    Args:
        last_event_id (str | Unset): The `id` of the last event of the previous stream.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemBody | str
    """

    return sync_detailed(
        client=client,
        last_event_id=last_event_id,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    last_event_id: str | Unset = UNSET,
) -> Response[ProblemBody | str]:
    """Stream events

     Stream changes of the caller's images and albums as Server-Sent Events.

    - `open`: the first event of a new stream. Load the current state after it.
    - `image`: an image changed; fetch it again. `change` is `created`, `updated` or `deleted`, and
      `status` is the current status of the image, null if it is deleted.
    - `album`: an album changed; fetch it again.
    - `reset`: events may be missing. Load the current state again.

    A stream ends after some minutes, when its token expires, or when the service is deployed.
    Reconnect with the `id` of the last event as `Last-Event-ID` to resume without a gap. An event
    may be delivered more than once.

    Args:
        last_event_id (str | Unset): The `id` of the last event of the previous stream.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemBody | str]
    """

    kwargs = _get_kwargs(
        last_event_id=last_event_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    last_event_id: str | Unset = UNSET,
) -> ProblemBody | str | None:
    """Stream events

     Stream changes of the caller's images and albums as Server-Sent Events.

    - `open`: the first event of a new stream. Load the current state after it.
    - `image`: an image changed; fetch it again. `change` is `created`, `updated` or `deleted`, and
      `status` is the current status of the image, null if it is deleted.
    - `album`: an album changed; fetch it again.
    - `reset`: events may be missing. Load the current state again.

    A stream ends after some minutes, when its token expires, or when the service is deployed.
    Reconnect with the `id` of the last event as `Last-Event-ID` to resume without a gap. An event
    may be delivered more than once.

    Args:
        last_event_id (str | Unset): The `id` of the last event of the previous stream.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemBody | str
    """

    return (
        await asyncio_detailed(
            client=client,
            last_event_id=last_event_id,
        )
    ).parsed
