"""HEAD requests: the headers of the GET, without its body."""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class HeadRequests:
    """Handles HEAD as a GET whose body is not sent; streams end after their headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return
        is_requested, is_answered = False, asyncio.Event()

        async def receive_once() -> Message:
            nonlocal is_requested
            if not is_requested:
                is_requested = True
                return {"type": "http.request", "body": b"", "more_body": False}
            await is_answered.wait()
            return {"type": "http.disconnect"}

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.start":
                await send(message)
            elif not is_answered.is_set():
                is_answered.set()
                await send({"type": "http.response.body", "body": b"", "more_body": False})

        get = {**scope, "method": "GET"}
        try:
            await self._app(get, receive_once, send_head)
        finally:
            # The log of the request names its route.
            scope["route"] = get.get("route")
