"""The schemas of the OpenAPI document, in the form that client generators agree on.

FastAPI and pydantic derive schemas for validation. A generator also derives types from them: it
names types after titles, initializes fields with defaults, and selects number types by format.
"""

import re
from collections.abc import Iterator
from typing import Any

from sightline_api.document.bounds import BOUNDS, INTEGER_BOUNDS, MAX_INT32

Schema = dict[str, Any]

#: The canonical form of a version 7 UUID, as `sightline.domain.ids` validates it.
ID_PATTERN = "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"

#: The resource that each property or parameter with an id refers to. The ids of a batch are left
#: out: one in another format is answered in the outcome of its item.
ID_NAMES = {
    "ImageId": ("cover_id", "duplicate_of", "image_id"),
    "AlbumId": ("album", "album_id", "albums"),
    "ApiKeyId": ("api_key_id",),
    "WebhookId": ("webhook_id",),
    "DeliveryId": ("delivery_id",),
    "ShareLinkId": ("share_link_id",),
    "InvitationId": ("invitation_id",),
    "MemberId": ("contributor_id", "member_id"),
}

#: The resource that the property `id` of each view refers to.
VIEW_IDS = {
    "ImageView": "ImageId",
    "ImageSummary": "ImageId",
    "AlbumView": "AlbumId",
    "CreatedAlbum": "AlbumId",
    "ApiKeyView": "ApiKeyId",
    "WebhookView": "WebhookId",
    "DeliveryView": "DeliveryId",
    "ShareLinkView": "ShareLinkId",
    "SharedImage": "ImageId",
    "SharedImageSummary": "ImageId",
    "AlbumImageView": "ImageId",
    "AlbumImageSummary": "ImageId",
    "AlbumInvitationView": "InvitationId",
    "AlbumMemberView": "MemberId",
}

#: Names of schemas whose domain type has a name that is too general for clients.
RENAMED = {"Scope": "ApiKeyScope", "State": "PartState"}

#: Enumerations with a value of another one: some languages declare all values in one namespace.
VALUE_PREFIXES = {
    "PartState": "PART",
    "DeliveryState": "DELIVERY",
    "EmailKind": "EMAIL",
    "WordField": "FIELD",
    "AlbumSort": "ALBUM",
}


def complete_schemas(document: dict[str, Any]) -> None:
    """Name, bound and format the schemas of the document, in place."""
    schemas: dict[str, Schema] = document["components"]["schemas"]
    _rename(document)
    for operation in operations(document):
        for parameter in operation.get("parameters", ()):
            parameter["schema"] = _without_null(parameter["schema"])
    _name_ids(document)
    _bound_properties(schemas)
    for name, prefix in VALUE_PREFIXES.items():
        values = schemas[name]["enum"]
        schemas[name]["x-enum-varnames"] = [f"{prefix}_{value}".upper() for value in values]
    for schema in list(_subschemas(document)):
        schema.pop("title", None)
        _add_format(schema)
    _remove_patch_defaults(document)


def operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every operation of the document."""
    for path in document["paths"].values():
        yield from path.values()


def _rename(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for old, new in RENAMED.items():
        schemas[new] = schemas.pop(old)
    references = {f"#/components/schemas/{old}": new for old, new in RENAMED.items()}
    for schema in _subschemas(document):
        if schema.get("$ref") in references:
            schema["$ref"] = _reference(references[schema["$ref"]])


def _reference(name: str) -> str:
    return f"#/components/schemas/{name}"


def _without_null(schema: Schema) -> Schema:
    """Return the schema of an optional parameter: it can be absent, but it cannot be null."""
    options = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
    return {**options[0], **_annotations(schema)} if len(options) == 1 else schema


def _annotations(schema: Schema) -> Schema:
    return {key: schema[key] for key in ("description", "examples") if key in schema}


def _name_ids(document: dict[str, Any]) -> None:
    """Refer to a named schema wherever an id is returned or accepted."""
    schemas = document["components"]["schemas"]
    names = {each: name for name, properties in ID_NAMES.items() for each in properties}
    for view, schema in schemas.items():
        for field, value in schema.get("properties", {}).items():
            name = VIEW_IDS.get(view) if field == "id" else names.get(field)
            if name is not None:
                schema["properties"][field] = _refer(value, name)
    for operation in operations(document):
        for parameter in operation.get("parameters", ()):
            if parameter["name"] in names:
                parameter["schema"] = _refer(parameter["schema"], names[parameter["name"]])
    for name in ID_NAMES:
        schemas[name] = {
            "type": "string",
            "description": f"{_describe_id(name)}: a UUID of version 7. Ids sort by creation time.",
            "pattern": ID_PATTERN,
            "minLength": 36,
            "maxLength": 36,
            "examples": ["0199a3c0-7c1e-7b0a-9d5e-3f1f6a0b2c4d"],
        }


def _describe_id(name: str) -> str:
    """Return `The id of an image` for `ImageId`."""
    words = " ".join(re.findall("[A-Z][a-z]*", name)[:-1]).lower().replace("api", "API")
    return f"The id of {'a' if words.startswith('s') else 'an'} {words}"


def _refer(schema: Schema, name: str) -> Schema:
    """Return the schema with a reference in the place of its plain string."""
    if schema.get("type") == "string":
        return {"$ref": _reference(name), **_annotations(schema)}
    if "items" in schema:
        return {**schema, "items": _refer(schema["items"], name)}
    if "anyOf" in schema:
        return {**schema, "anyOf": [_refer(each, name) for each in schema["anyOf"]]}
    return schema


def _bound_properties(schemas: dict[str, Schema]) -> None:
    """Add the bounds of what is returned, where the schema has none of its own."""
    for name, schema in schemas.items():
        for field, value in schema.get("properties", {}).items():
            bounds = BOUNDS.get(f"{name}.{field}", BOUNDS.get(field, {}))
            for option in value.get("anyOf", [value]):
                _bound(option, bounds)


def _bound(schema: Schema, bounds: Schema) -> None:
    if "enum" in schema or "const" in schema or "format" in schema or "$ref" in schema:
        return
    kind = schema.get("type")
    if kind == "array":
        schema.setdefault("maxItems", bounds.get("maxItems", 1000))
        _bound(schema["items"], {key: each for key, each in bounds.items() if key != "maxItems"})
    elif kind == "string" and "pattern" not in schema:
        for key in ("pattern", "maxLength"):
            if key in bounds:
                schema.setdefault(key, bounds[key])
    elif kind in ("integer", "number"):
        known = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}
        present = {known.get(key, key) for key in schema}
        fallback = INTEGER_BOUNDS if kind == "integer" else {}
        for key in ("minimum", "maximum"):
            if key not in present and key in (found := {**fallback, **bounds}):
                schema[key] = found[key]
    elif isinstance(schema.get("additionalProperties"), dict):
        _bound(schema["additionalProperties"], bounds)


def _add_format(schema: Schema) -> None:
    """Select 64-bit integers unless all values fit into 32 bits, and double precision."""
    if schema.get("type") == "number":
        schema["format"] = "double"
    elif schema.get("type") == "integer":
        if "enum" in schema:
            # Languages have no names for numbers, and generators invent different ones.
            values = schema.pop("enum")
            schema |= {"minimum": min(values), "maximum": max(values)}
        largest = schema.get("maximum", MAX_INT32 + 1)
        schema["format"] = "int32" if largest <= MAX_INT32 else "int64"


def _remove_patch_defaults(document: dict[str, Any]) -> None:
    """Remove defaults from the bodies of PATCH: a client would send what it did not mean to set."""
    for path in document["paths"].values():
        if "patch" in path:
            content = path["patch"]["requestBody"]["content"]["application/json"]
            name = content["schema"]["$ref"].rpartition("/")[2]
            for value in document["components"]["schemas"][name]["properties"].values():
                value.pop("default", None)


def _subschemas(node: Any, *, is_schema: bool = False) -> Iterator[Schema]:
    """Yield every schema below a part of the document."""
    if isinstance(node, list):
        for each in node:
            yield from _subschemas(each, is_schema=is_schema)
    elif isinstance(node, dict):
        if is_schema:
            yield node
        for key, value in node.items():
            if key in ("properties", "schemas"):
                for each in value.values():
                    yield from _subschemas(each, is_schema=True)
            elif key in ("schema", "items", "anyOf", "oneOf", "allOf", "additionalProperties"):
                yield from _subschemas(value, is_schema=True)
            elif key not in ("example", "examples", "default"):
                yield from _subschemas(value)
