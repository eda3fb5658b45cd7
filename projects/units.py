"""How the amounts of a page are written: as they are spoken of, in full, or in ten thousands.

`units` in the address chooses, for all amounts of the page at once. Unasked, a Chinese
page speaks (17.6亿元), whose steps everybody reckons in, and an English one shows columns
in full; hovering over an amount shows it in full in any case. No way drops a digit.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from projects.languages import speaks_chinese
from projects.wording import shown

NAME = "units"
SHORT, FULL, TEN_THOUSANDS = "short", "full", "wan"
CHOICES = {SHORT: _("short"), FULL: _("in full"), TEN_THOUSANDS: _("in 万元")}

_request: ContextVar[HttpRequest | None] = ContextVar("request", default=None)


class UnitsOfAddress:
    """Lets whatever writes an amount see what the address of the page says."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        before = _request.set(request)
        try:
            return self.get_response(request)
        finally:
            _request.reset(before)


def current() -> str:
    request = _request.get()
    asked = "" if request is None else request.GET.get(NAME, "").strip()
    return asked if asked in CHOICES else SHORT if speaks_chinese() else FULL


def problems(data: Any) -> dict[str, list[str]]:
    """What an address says of units that cannot be; empty where it can."""
    given = [value.strip() for value in data.getlist(NAME) if value.strip()]
    if len(given) > 1:
        return {NAME: [gettext("Give this once: it has %(count)s values.") % {"count": len(given)}]}
    if given and given[0] not in CHOICES:
        return {
            NAME: [
                gettext("“%(value)s” is not possible here: give one of %(choices)s.")
                % {"value": shown(given[0]), "choices": ", ".join(CHOICES)}
            ]
        }
    return {}
