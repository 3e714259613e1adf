"""The scopes that an API key or a machine client needs for each operation.

Whatever is not listed here is refused: it requires an access token of a person.
"""

import re
from typing import Any, NamedTuple

from sightline.domain.api_keys import Scope

#: Methods that only read.
READ_METHODS = frozenset({"GET", "HEAD"})

#: Key of the scopes of an operation in the OpenAPI document.
SCOPES_KEY = "x-api-key-scopes"


class _Rule(NamedTuple):
    """Scopes to read and to write below a path; None if only people may."""

    read: frozenset[Scope] | None
    write: frozenset[Scope] | None


_READ_IMAGES = frozenset({Scope.IMAGES_READ})

#: Below an album: whom the owner shares it with. To accept an invitation takes a person.
_ALBUM_SHARING = re.compile(r"/v1/albums/[^/]+/(invitations|members|membership)(/.*)?")

_SHARING_RULE = _Rule(_READ_IMAGES, frozenset({Scope.SHARES_WRITE}))

#: By path; the rule of the longest matching path applies.
_RULES = {
    "/v1/images": _Rule(_READ_IMAGES, frozenset({Scope.IMAGES_WRITE})),
    "/v1/labels": _Rule(_READ_IMAGES, None),
    "/v1/words": _Rule(_READ_IMAGES, None),
    "/v1/timeline": _Rule(_READ_IMAGES, None),
    "/v1/places": _Rule(_READ_IMAGES, None),
    "/v1/trash": _Rule(_READ_IMAGES, None),
    "/v1/events": _Rule(_READ_IMAGES, None),
    "/v1/albums": _Rule(_READ_IMAGES, frozenset({Scope.ALBUMS_WRITE})),
    # To create an archive changes nothing: it only plans what to read.
    "/v1/archives": _Rule(_READ_IMAGES, _READ_IMAGES),
    "/v1/share-links": _Rule(_READ_IMAGES, frozenset({Scope.SHARES_WRITE})),
    "/v1/usage": _Rule(frozenset({Scope.ACCOUNT_READ}), None),
    "/v1/account/export": _Rule(frozenset({Scope.ACCOUNT_READ, Scope.IMAGES_READ}), None),
    "/v1/capabilities": _Rule(frozenset(), None),
}


def required_scopes(method: str, path: str) -> frozenset[Scope] | None:
    """Return the scopes that a program needs, None if only the access token of a person will do."""
    if _ALBUM_SHARING.fullmatch(path):
        return _SHARING_RULE.read if method in READ_METHODS else _SHARING_RULE.write
    while path:
        if rule := _RULES.get(path):
            return rule.read if method in READ_METHODS else rule.write
        path = path.rpartition("/")[0]
    return None


def describe_scopes(document: dict[str, Any]) -> None:
    """Add the required scopes to every operation that programs may call, as an extension."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            scopes = required_scopes(method.upper(), path)
            if operation["security"] and scopes is not None:
                operation[SCOPES_KEY] = sorted(scopes)
