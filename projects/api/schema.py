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
    "400": "Something sent cannot be read, or a rule forbids it.",
    "401": "The key does not hold, or one is needed.",
    "406": "Answers are JSON or HTML.",
    "429": "Too many requests: try again after `Retry-After` seconds.",
    "503": "The database is busy or away: try again after `Retry-After` seconds.",
}
ON_WRITING = {
    "403": "The key is for reading only, or the permission is missing.",
    "409": "The code is taken, other records refer to this one, or another write came in between.",
}
ON_WRITING_IN_A_STATE = {
    "412": "The record is in another state than `If-Match` says: `ETag` has the one it is in.",
    "428": "`If-Match` is missing.",
}
WITH_A_BODY = {
    "411": "The body does not say how long it is.",
    "413": "The body is too large.",
    "415": "Bodies are `application/json`, and not packed.",
}

# Vocabularies of parameters that take several words.
WORDS = {"stage": Stage.values, "kind": EnterpriseKind.values, "what": HeadlineKind.values}

IDEMPOTENCY_KEY = OpenApiParameter(
    HEADER,
    {"type": "string", "pattern": f"^{KEY_PATTERN}$", "minLength": 1, "maxLength": 200},
    OpenApiParameter.HEADER,
    description=(
        "A name for this request, of your making: sent again with it within a day, the same "
        "request is not done twice, and gets the same answer."
    ),
)
TAG = r'"[\x21\x23-\x7e]*"'
ETAG = OpenApiParameter(
    "ETag",
    {"type": "string", "pattern": f"^{TAG}$"},
    OpenApiParameter.HEADER,
    response=[200, 201],
    description="The state of the record: the same for all who are answered the same.",
)
STATE_TO_WRITE = OpenApiParameter(
    IF_MATCH,
    {"type": "string", "pattern": rf"^(\*|{TAG}(, {TAG})*)$"},
    OpenApiParameter.HEADER,
    required=True,
    description=(
        "The `ETag` that came when the record was read, or several of them: written is only in "
        "such a state. `*` is any, as long as there is the record."
    ),
)
STATE_KNOWN = OpenApiParameter(
    IF_NONE_MATCH,
    {"type": "string", "pattern": rf"^(\*|(W/)?{TAG}(, (W/)?{TAG})*)$"},
    OpenApiParameter.HEADER,
    description="The `ETag` of what is known already: that is not sent again.",
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
    def is_of_a_state(self) -> bool:
        """Whether the response is one record, which has an ETag."""
        is_list = getattr(self.view, "action", "") in ("list", "history")
        return getattr(self.view, "has_etags", False) and not is_list

    def get_override_parameters(self) -> list[Any]:
        found = list(super().get_override_parameters())
        if self.is_idempotent:
            found.append(IDEMPOTENCY_KEY)
        if self.is_of_a_state:
            by_method = {"GET": [STATE_KNOWN, ETAG], "POST": [ETAG], "DELETE": [STATE_TO_WRITE]}
            return found + by_method.get(self.method, [STATE_TO_WRITE, ETAG])
        if self.is_idempotent:
            return found
        filterset = getattr(self.view, "filterset_class", None)
        # Views without actions, such as the totals, always take filters.
        if filterset is None or getattr(self.view, "action", "list") != "list":
            return []
        return parameters_of(filterset, leave_out=getattr(self.view, "unasked", ()))

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        responses = super()._get_response_bodies(direction)
        errors = ResolvedComponent("Errors", ResolvedComponent.SCHEMA, ERRORS, "Errors")
        self.registry.register_on_missing(errors)
        if self.is_of_a_state and self.method == "GET":
            unchanged = OpenApiResponse(description="It is in the state that is known.")
            responses["304"] = self._get_response_for_code(unchanged, "304")
        proposals = getattr(self.view, "proposals_class", None)
        if proposals and self.method in ("PUT", "PATCH", "DELETE"):
            waits = OpenApiResponse(proposals, "It waits for review: the record is as it was.")
            responses["202"] = self._get_response_for_code(waits, "202", ["application/json"])
        for status, description in self.possible_errors().items():
            if status in responses:
                # The view describes its own.
                continue
            responses[status] = self._get_response_for_code(
                OpenApiResponse(errors.ref, description), status, ["application/json"]
            )
        return responses

    def possible_errors(self) -> dict[str, str]:
        found = dict(ANY_TIME)
        if "{" in self.path:
            found["404"] = "There is no such record, or the asker may not see it."
        if self.method not in SAFE_METHODS:
            found |= ON_WRITING
        if self.method in ("POST", "PUT", "PATCH"):
            found |= WITH_A_BODY
        if self.is_of_a_state and self.method not in ("GET", "POST"):
            found |= ON_WRITING_IN_A_STATE
        if self.is_idempotent:
            found["422"] = "The `Idempotency-Key` stands for another request."
        return dict(sorted(found.items()))


def parameters_of(
    filterset: type[RegisterFilterSet], leave_out: Any = ()
) -> list[OpenApiParameter]:
    """The OpenAPI parameters of a filter set."""
    return [
        OpenApiParameter(
            name,
            _type(name, filter_),
            explode=True if issubclass(filter_.field_class, fields.MultipleValuesField) else None,
            description=_description(filter_),
        )
        for name, filter_ in filterset.base_filters.items()
        if name not in leave_out
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
        return f"{sentence}, inclusive: a day, or a moment such as `2023-11-11T08:00:00Z`."
    if issubclass(field, fields.DateField):
        return f"{sentence}, inclusive."
    return f"{sentence}."
