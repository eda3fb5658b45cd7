"""Parsers and renderers: strict JSON, and HTML pages for browsers."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import Any, NoReturn

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BrowsableAPIRenderer, JSONRenderer

# A list of projects with their sectors is nested four levels deep.
DEEPEST = 16
LARGEST_EXPONENT = 1000


class BodyTooLarge(exceptions.APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"


class StrictJSONParser(BaseParser):
    """Parses JSON strictly and without loss.

    Numbers keep all digits. Refuses duplicate names, NaN, half surrogate pairs (which
    no database can store), and bodies that are too large or too deeply nested. Sets
    `request.body_digest` to the SHA-256 of the body, as the body itself is not kept.
    """

    # Not a subclass of JSONParser, which reads the body first, with one limit for all views.
    media_type = "application/json"
    renderer_class = JSONRenderer

    @property
    def largest(self) -> int | None:
        """In bytes; None without a limit."""
        return settings.DATA_UPLOAD_MAX_MEMORY_SIZE

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        largest = self.largest
        body = stream.read(largest + 1) if largest is not None else stream.read()
        if largest is not None and len(body) > largest:
            raise BodyTooLarge(
                _("The body is larger than %(most)s bytes: send less at once.") % {"most": largest}
            )
        if request := (parser_context or {}).get("request"):
            packed = request.headers.get("Content-Encoding", "identity")
            if packed.lower() != "identity":
                raise exceptions.UnsupportedMediaType(
                    packed, _("Compressed bodies are not supported: send it uncompressed.")
                )
            request.body_digest = hashlib.sha256(body).hexdigest()
        try:
            data = json.loads(
                body.decode("utf-8"),
                parse_float=_decimal,
                parse_constant=_refuse_constant,
                object_pairs_hook=_object,
            )
        except RecursionError:
            raise exceptions.ParseError(_too_deep()) from None
        except ValueError as error:
            # Also invalid UTF-8, and integers of thousands of digits.
            raise exceptions.ParseError(
                _("The body cannot be read as JSON in UTF-8: %(error)s")
                % {"error": str(error)[:200]}
            ) from None
        _check(data)
        return data


class LargeJSONParser(StrictJSONParser):
    """Strict JSON for many records: 10,000 of three thousand bytes each."""

    largest = 32 * 1024 * 1024


def _decimal(text: str) -> Decimal:
    number = Decimal(text)
    # Written out, 1e999999999 has a gigabyte of digits.
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or abs(exponent) > LARGEST_EXPONENT:
        raise ValueError(f"{text[:20]} has too large an exponent")
    return number


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number in JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twice[:60]!a} is given twice")
    return found


def _too_deep() -> str:
    return _("The body is nested deeper than %(most)s levels.") % {"most": DEEPEST}


def _check(data: Any) -> None:
    """Checks level by level, as recursion would fail on deep nesting."""
    level = [data]
    for _depth in range(DEEPEST + 1):
        below: list[Any] = []
        for thing in level:
            if isinstance(thing, dict):
                below.extend(thing)
                below.extend(thing.values())
            elif isinstance(thing, list):
                below.extend(thing)
            elif isinstance(thing, str):
                try:
                    thing.encode()
                except UnicodeEncodeError:
                    raise exceptions.ParseError(
                        _("The body contains half a surrogate pair, which is not a character.")
                    ) from None
        if not below:
            return
        level = below
    raise exceptions.ParseError(_too_deep())


# Replaces the CSRF token for visitors, so that no cookie is set: without a session they
# cannot write anything.
WITHOUT_TOKEN = {"csrf_token": ""}


class PageRenderer(BrowsableAPIRenderer):
    """The browsable API, without setting cookies for visitors."""

    def get_context(self, data: Any, media_type: str | None, context: Any) -> dict[str, Any]:
        found = super().get_context(data, media_type, context)
        user = getattr(context["request"], "user", None)
        return found if user is not None and user.is_authenticated else found | WITHOUT_TOKEN


class Negotiation(DefaultContentNegotiation):
    def filter_renderers(self, renderers: Any, format: str) -> Any:
        """Treat an unknown `format` as an invalid value (400), not as a missing page (404)."""
        found = [renderer for renderer in renderers if renderer.format == format]
        if not found:
            raise exceptions.ValidationError(
                {
                    "format": [
                        _("“%(value)s” is not valid here: give one of %(choices)s.")
                        % {
                            "value": format[:60],
                            "choices": ", ".join(renderer.format for renderer in renderers),
                        }
                    ]
                }
            )
        return found
