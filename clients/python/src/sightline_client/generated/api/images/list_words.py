from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...types import Response, UNSET
from ... import errors

from ...models.problem_body import ProblemBody
from ...models.word_list import WordList
from ...types import UNSET, Unset
from typing import cast


def _get_kwargs(
    *,
    prefix: str,
    limit: int | Unset = 10,
    if_none_match: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_none_match, Unset):
        headers["if-none-match"] = if_none_match

    params: dict[str, Any] = {}

    params["prefix"] = prefix

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/words",
        "params": params,
    }

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | ProblemBody | WordList | None:
    if response.status_code == 200:
        response_200 = WordList.from_dict(response.json())

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
) -> Response[Any | ProblemBody | WordList]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    prefix: str,
    limit: int | Unset = 10,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | ProblemBody | WordList]:
    """Suggest words to search for

     Return words of the caller's images that start with the last word of `prefix`.

    Letter case and accents do not matter. The most frequent words come first, of the first 100 in
    alphabetical order. A single letter suggests nothing, as in a search with `q`.

    Args:
        prefix (str):
        limit (int | Unset):  Default: 10.
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ProblemBody | WordList]
    """

    kwargs = _get_kwargs(
        prefix=prefix,
        limit=limit,
        if_none_match=if_none_match,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    prefix: str,
    limit: int | Unset = 10,
    if_none_match: str | Unset = UNSET,
) -> Any | ProblemBody | WordList | None:
    """Suggest words to search for

     Return words of the caller's images that start with the last word of `prefix`.

    Letter case and accents do not matter. The most frequent words come first, of the first 100 in
    alphabetical order. A single letter suggests nothing, as in a search with `q`.

    Args:
        prefix (str):
        limit (int | Unset):  Default: 10.
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ProblemBody | WordList
    """

    return sync_detailed(
        client=client,
        prefix=prefix,
        limit=limit,
        if_none_match=if_none_match,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    prefix: str,
    limit: int | Unset = 10,
    if_none_match: str | Unset = UNSET,
) -> Response[Any | ProblemBody | WordList]:
    """Suggest words to search for

     Return words of the caller's images that start with the last word of `prefix`.

    Letter case and accents do not matter. The most frequent words come first, of the first 100 in
    alphabetical order. A single letter suggests nothing, as in a search with `q`.

    Args:
        prefix (str):
        limit (int | Unset):  Default: 10.
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | ProblemBody | WordList]
    """

    kwargs = _get_kwargs(
        prefix=prefix,
        limit=limit,
        if_none_match=if_none_match,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    prefix: str,
    limit: int | Unset = 10,
    if_none_match: str | Unset = UNSET,
) -> Any | ProblemBody | WordList | None:
    """Suggest words to search for

     Return words of the caller's images that start with the last word of `prefix`.

    Letter case and accents do not matter. The most frequent words come first, of the first 100 in
    alphabetical order. A single letter suggests nothing, as in a search with `q`.

    Args:
        prefix (str):
        limit (int | Unset):  Default: 10.
        if_none_match (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | ProblemBody | WordList
    """

    return (
        await asyncio_detailed(
            client=client,
            prefix=prefix,
            limit=limit,
            if_none_match=if_none_match,
        )
    ).parsed
