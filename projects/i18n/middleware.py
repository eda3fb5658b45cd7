"""Middleware of pages: the language of the address, and the reader's units of amounts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.conf import settings
from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation

from . import amount_units
from .languages import TAGS, split_language

# Seconds for which a browser remembers the chosen units.
COOKIE_AGE = 365 * 24 * 60 * 60


class LanguageMiddleware:
    """Activates the language of the address for the whole response, errors included."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        language, _rest = split_language(request.path_info)
        # Libraries read it from there.
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", TAGS[language])
        if response.streaming:
            # It is generated after this function has returned.
            response.streaming_content = iterate_in_language(language, response.streaming_content)
        return response


def iterate_in_language(language: str, parts: Iterable[Any]) -> Iterator[Any]:
    """Iterate over `parts`, with `language` active while each of them is generated."""
    iterator = iter(parts)
    end = object()
    try:
        while True:
            with translation.override(language):
                part = next(iterator, end)
            if part is end:
                return
            yield part
    finally:
        # Releases resources of a response that is not read to its end.
        getattr(iterator, "close", lambda: None)()


class AmountUnitsMiddleware:
    """Writes the amounts of a page in the units of its address, or of the reader's cookie.

    Valid units in the address of a page become the cookie.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given, remembered = _units(request), request.COOKIES.get(amount_units.NAME, "")
        choices = (one for one in (given, remembered) if one in amount_units.CHOICES)
        with amount_units.chosen(next(choices, "")):
            response = self.get_response(request)
        is_new = given in amount_units.CHOICES and given != remembered
        if is_new and _is_page(response):
            response.set_cookie(
                amount_units.NAME,
                given,
                max_age=COOKIE_AGE,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response


def _units(request: HttpRequest) -> str:
    """The units in the address; its page refuses invalid ones."""
    try:
        return request.GET.get(amount_units.NAME, "").strip()
    except TooManyFieldsSent:
        return ""


def _is_page(response: HttpResponseBase) -> bool:
    return response.status_code == 200 and response.get("Content-Type", "").startswith("text/html")
