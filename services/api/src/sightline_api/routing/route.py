"""Routes that spend little on what their endpoints ask for."""

from collections.abc import Callable, Coroutine
from dataclasses import replace
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any, ClassVar

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.datastructures import QueryParams

from sightline_api.dependencies import Caller, Given, authenticate

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

NO_QUERY = QueryParams()

#: By what name a function is given the request that has not asked for it.
_REQUEST = "_request"


class Asked(Request):
    """A request in which nothing is looked for that is not there: FastAPI asks each for its query,
    and for cookies, of which the gateway knows none."""

    @property
    def query_params(self) -> QueryParams:
        return super().query_params if self.scope["query_string"] else NO_QUERY

    @property
    def cookies(self) -> dict[str, str]:
        return {}


class Route(APIRoute):
    """A route that finds what is `Given` by itself, and leaves only the rest to FastAPI.

    The document tells of all of it. Where a caller has to be known, nothing of a request is looked
    at before that.
    """

    #: Dependencies that are there for the document and need not be solved.
    documentation: ClassVar[frozenset[Callable[..., Any]]] = frozenset()

    def get_route_handler(self) -> Handler:
        documented = self.dependant
        self.dependant = self._spare(documented)
        try:
            handle = self.wrap(super().get_route_handler())
        finally:
            self.dependant = documented
        wants_caller = _wants_caller(documented)

        async def handle_asked(request: Request) -> Response:
            if wants_caller:
                authenticate(request)
            return await handle(Asked(request.scope, request.receive))

        return handle_asked

    def wrap(self, handle: Handler) -> Handler:
        """What is to be done before and after what FastAPI does."""
        return handle

    def _spare(self, dependant: Dependant) -> Dependant:
        """The same, but that its function finds what is given to it."""
        function = dependant.call
        if not iscoroutinefunction(function):
            return dependant
        given = {
            each.name: each.call.find
            for each in dependant.dependencies
            if each.name and isinstance(each.call, Given)
        }
        rest = [
            self._spare(each)
            for each in dependant.dependencies
            if not isinstance(each.call, Given) and each.call not in self.documentation
        ]
        if not given:
            return replace(dependant, dependencies=rest)
        own = dependant.request_param_name

        @wraps(function)
        async def find_and_call(**values: Any) -> Any:
            request = values[own] if own else values.pop(_REQUEST)
            for name, find in given.items():
                values[name] = find(request)
            return await function(**values)

        return replace(
            dependant,
            call=find_and_call,
            dependencies=rest,
            request_param_name=own or _REQUEST,
        )


def _wants_caller(dependant: Dependant) -> bool:
    return isinstance(dependant.call, Caller) or any(map(_wants_caller, dependant.dependencies))
