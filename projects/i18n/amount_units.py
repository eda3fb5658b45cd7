"""How the amounts of a page are written: short, in full, or in ten thousands (万元).

The parameter `units` chooses for all amounts of a page, and a cookie remembers that choice
for pages whose address does not say. Without either, Chinese pages are short (17.6亿元) and
English ones in full; hovering over an amount always shows it in full. No digit is dropped.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from projects.names.messages import truncate_for_display

from .languages import is_chinese_active

# The parameter, and the cookie.
NAME = "units"
COOKIE_AGE = 365 * 24 * 60 * 60
SHORT, FULL, TEN_THOUSANDS = "short", "full", "wan"
CHOICES = {SHORT: _("short"), FULL: _("in full"), TEN_THOUSANDS: _("in 万元")}

# The pages that offer the choice.
WITH_AMOUNTS = frozenset(
    {"overview", "projects", "project", "enterprise", "areas", "area", "totals", "headlines"}
)

# The reader's choice; "" where there is none.
_chosen: ContextVar[str] = ContextVar("chosen", default="")


class AmountUnitsMiddleware:
    """Makes the reader's choice known to whatever writes an amount, and remembers a new one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        asked, remembered = _asked(request), request.COOKIES.get(NAME, "")
        before = _chosen.set(next((one for one in (asked, remembered) if one in CHOICES), ""))
        try:
            response = self.get_response(request)
        finally:
            _chosen.reset(before)
        if asked in CHOICES and asked != remembered and _is_page(response):
            response.set_cookie(
                NAME,
                asked,
                max_age=COOKIE_AGE,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response


def _asked(request: HttpRequest) -> str:
    """What the address asks for; an invalid value is refused by its page."""
    try:
        return request.GET.get(NAME, "").strip()
    except TooManyFieldsSent:
        return ""


def _is_page(response: HttpResponseBase) -> bool:
    return response.status_code == 200 and response.get("Content-Type", "").startswith("text/html")


def current() -> str:
    return _chosen.get() or (SHORT if is_chinese_active() else FULL)


def problems(data: Any) -> dict[str, list[str]]:
    """Error messages by parameter for invalid units; empty if they are valid."""
    given = [value.strip() for value in data.getlist(NAME) if value.strip()]
    if len(given) > 1:
        return {
            NAME: [
                gettext("Give this parameter once: it has %(count)s values.")
                % {"count": len(given)}
            ]
        }
    if given and given[0] not in CHOICES:
        return {
            NAME: [
                gettext("“%(value)s” is not valid here: give one of %(choices)s.")
                % {"value": truncate_for_display(given[0]), "choices": ", ".join(CHOICES)}
            ]
        }
    return {}
