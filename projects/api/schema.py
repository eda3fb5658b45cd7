"""Additions to the generated OpenAPI schema."""

from __future__ import annotations

from typing import Any

from drf_spectacular.authentication import SessionScheme as StockSessionScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework.permissions import SAFE_METHODS

from projects.filters import RegisterFilterSet, fields
from projects.models import EnterpriseKind, HeadlineKind, Stage
from projects.models.fields import CODE_PATTERN

from .etags import IF_MATCH, IF_NONE_MATCH
from .idempotency import HEADER, KEY_PATTERN

ERRORS = {
    "type": "object",
    "description": "`detail` says what is wrong; or each field or parameter has its messages.",
    "additionalProperties": {
        "oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]
    },
}
ERRORS_BY_INDEX = {
    "type": "object",
    "description": "The same; or each index in the list has its fields with their messages.",
    "additionalProperties": {
        "oneOf": [
            {"type": "string"},
            {"type": "array", "items": {"type": "string"}},
            {
                "type": "object",
                "additionalProperties": {"type": "array", "items": {"type": "string"}},
            },
        ]
    },
}
ANY_TIME = {
    "400": "The request cannot be read, or is invalid.",
    "401": "The API key is invalid or missing.",
    "406": "Responses are JSON or HTML.",
    "429": "Too many requests: try again after `Retry-After` seconds.",
    "503": "The database is busy or not available: try again after `Retry-After` seconds.",
}
ON_WRITING = {
    "403": "The API key is read-only, or the user lacks the permission.",
    "409": "The code exists already, other records refer to this one, or the record was changed.",
}
ON_WRITING_WITH_ETAG = {
    "412": "`If-Match` does not contain the record's current ETag, which `ETag` has.",
    "428": "`If-Match` is missing.",
}
WITH_A_BODY = {
    "411": "`Content-Length` is missing.",
    "413": "The body is too large.",
    "415": "The body must be uncompressed `application/json`.",
}

# Vocabularies of parameters that take several values.
WORDS = {"stage": Stage.values, "kind": EnterpriseKind.values, "what": HeadlineKind.values}

IDEMPOTENCY_KEY = OpenApiParameter(
    HEADER,
    {"type": "string", "pattern": f"^{KEY_PATTERN}$", "minLength": 1, "maxLength": 200},
    OpenApiParameter.HEADER,
    description=(
        "A unique key that the client chooses: a request repeated with it within a day is not "
        "processed again, and has the same response."
    ),
)
TAG = r'"[\x21\x23-\x7e]*"'
ETAG = OpenApiParameter(
    "ETag",
    {"type": "string", "pattern": f"^{TAG}$"},
    OpenApiParameter.HEADER,
    response=[200, 201],
    description="The version of the response, for `If-Match` and `If-None-Match`.",
)
IF_MATCH_HEADER = OpenApiParameter(
    IF_MATCH,
    {"type": "string", "pattern": rf"^(\*|{TAG}(, {TAG})*)$"},
    OpenApiParameter.HEADER,
    required=True,
    description=(
        "The `ETag` of the record as it was read, or several: it is written only if one of them "
        "is current. `*` matches any."
    ),
)
IF_NONE_MATCH_HEADER = OpenApiParameter(
    IF_NONE_MATCH,
    {"type": "string", "pattern": rf"^(\*|(W/)?{TAG}(, (W/)?{TAG})*)$"},
    OpenApiParameter.HEADER,
    description="The `ETag` of a known version, which is not sent again.",
)


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "projects.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Token <key>`: the word, one space, and the key.",
        }


class SessionScheme(StockSessionScheme):
    target_class = "projects.api.authentication.SessionAuthentication"


class RegisterSchema(AutoSchema):
    """Describes public reading, filter parameters, and the common format of errors."""

    def get_auth(self) -> list[Any]:
        return [*super().get_auth(), *([{}] if self.method in SAFE_METHODS else [])]

    @property
    def is_idempotent(self) -> bool:
        handler = getattr(self.view, "action", None) or self.method.lower()
        return getattr(getattr(self.view, handler, None), "is_idempotent", False)

    @property
    def has_etag(self) -> bool:
        """Whether the response is one record, which has an ETag."""
        is_list = getattr(self.view, "action", "") in ("list", "history")
        return getattr(self.view, "has_etags", False) and not is_list

    def get_override_parameters(self) -> list[Any]:
        found = list(super().get_override_parameters())
        if self.is_idempotent:
            found.append(IDEMPOTENCY_KEY)
        if self.has_etag:
            by_method = {
                "GET": [IF_NONE_MATCH_HEADER, ETAG],
                "POST": [ETAG],
                "DELETE": [IF_MATCH_HEADER],
            }
            return found + by_method.get(self.method, [IF_MATCH_HEADER, ETAG])
        if self.is_idempotent:
            return found
        filterset = getattr(self.view, "filterset_class", None)
        # Views without actions, such as the totals, always take filters.
        if filterset is None or getattr(self.view, "action", "list") != "list":
            return []
        return parameters_of(filterset)

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        responses = super()._get_response_bodies(direction)
        errors = ResolvedComponent("Errors", ResolvedComponent.SCHEMA, ERRORS, "Errors")
        self.registry.register_on_missing(errors)
        if self.has_etag and self.method == "GET":
            unchanged = OpenApiResponse(description="The record has not changed.")
            responses["304"] = self._get_response_for_code(unchanged, "304")
        proposals = getattr(self.view, "proposals_class", None)
        if proposals and self.method in ("PUT", "PATCH", "DELETE"):
            waits = OpenApiResponse(proposals, "The change waits for review.")
            responses["202"] = self._get_response_for_code(waits, "202", ["application/json"])
        for status, description in self.possible_errors().items():
            if status in responses:
                # The view describes it itself.
                continue
            responses[status] = self._get_response_for_code(
                OpenApiResponse(errors.ref, description), status, ["application/json"]
            )
        return responses

    def possible_errors(self) -> dict[str, str]:
        found = dict(ANY_TIME)
        if "{" in self.path:
            found["404"] = "There is no such record, or the user may not see it."
        if self.method not in SAFE_METHODS:
            found |= ON_WRITING
        if self.method in ("POST", "PUT", "PATCH"):
            found |= WITH_A_BODY
        if self.has_etag and self.method not in ("GET", "POST"):
            found |= ON_WRITING_WITH_ETAG
        if self.is_idempotent:
            found["422"] = "The `Idempotency-Key` was used for another request."
        return dict(sorted(found.items()))


def parameters_of(filterset: type[RegisterFilterSet]) -> list[OpenApiParameter]:
    """The OpenAPI parameters of a filter set."""
    return [
        OpenApiParameter(
            name,
            _type(name, filter_),
            explode=True if issubclass(filter_.field_class, fields.MultipleValuesField) else None,
            description=_description(filter_),
        )
        for name, filter_ in filterset.base_filters.items()
    ]


def _type(name: str, filter_: Any) -> dict[str, Any]:
    field = filter_.field_class
    if issubclass(field, fields.MultipleValuesField):
        return {"type": "array", "items": _item(name, field), "maxItems": fields.MAX_VALUES}
    if issubclass(field, fields.ChoiceField):
        return {"type": "string", "enum": list(filter_.extra["choices"])}
    if issubclass(field, fields.BooleanField):
        return {"type": "boolean"}
    if issubclass(field, fields.DateField):
        return {"type": "string", "format": "date"}
    if issubclass(field, fields.SearchField):
        return {"type": "string", "maxLength": field.MAX_LENGTH}
    return {"type": "string"}


def _item(name: str, field: Any) -> dict[str, Any]:
    if issubclass(field, fields.CodesField):
        return {"type": "string", "pattern": f"^{CODE_PATTERN}$"}
    if name in WORDS:
        return {"type": "string", "enum": [*WORDS[name], fields.NOT_STATED]}
    return {"type": "string"}


def _description(filter_: Any) -> str:
    field = filter_.field_class
    label = str(filter_.label)
    sentence = label[:1].upper() + label[1:]
    if issubclass(field, fields.MultipleValuesField):
        hint = f": {filter_.extra['hint']}" if "hint" in filter_.extra else ""
        return f"{sentence}{hint}; repeat it for “or”; `none` means not stated."
    if issubclass(field, fields.AmountField):
        return f"{sentence}, in the base currency, inclusive; also `1亿`, `5000万` or `1.5bn`."
    if issubclass(field, fields.DateOrDateTimeField):
        return f"{sentence}, inclusive: a date, or a datetime such as `2023-11-11T08:00:00Z`."
    if issubclass(field, fields.DateField):
        return f"{sentence}, inclusive."
    return f"{sentence}."
