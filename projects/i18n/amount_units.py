"""How the amounts of a page are written: as they are spoken of, in full, or in ten thousands.

`units` in the address chooses, for all amounts of the page at once. Unasked, a Chinese
page speaks (17.6亿元), whose steps everybody reckons in, and an English one shows columns
in full; hovering over an amount shows it in full in any case. No way drops a digit.

Who has chosen keeps the choice: the links and forms of a page that was asked with `units`
ask for it as well, wherever else amounts stand. They get it here, once for all of them, as
the page goes out; no cookie remembers it, so that an address shows what its sender saw.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, HttpResponseBase
from django.urls import Resolver404, get_script_prefix, resolve
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from projects.names.messages import truncate_for_display

from .languages import is_chinese_active

NAME = "units"
SHORT, FULL, TEN_THOUSANDS = "short", "full", "wan"
CHOICES = {SHORT: _("short"), FULL: _("in full"), TEN_THOUSANDS: _("in 万元")}

# The pages whose amounts can be written in other units, and those on the way between them.
WITH_AMOUNTS = frozenset(
    {"overview", "projects", "project", "enterprise", "areas", "area", "totals", "headlines"}
)
ON_THE_WAY = frozenset(
    {"enterprises", "sources", "source", "methods"}
    | {"project-history", "enterprise-history", "source-history"}
)
# What a visitor wrote stands in a page with its signs escaped, and is no element of it.
_LINK = re.compile(r'(<a\b[^>]*?\bhref=")([/?][^"#]*)')
_FORM = re.compile(r'<form\b[^>]*\bmethod="get"[^>]*>(?=(.*?)</form>)', re.DOTALL)

_request: ContextVar[HttpRequest | None] = ContextVar("request", default=None)


class AmountUnitsMiddleware:
    """Lets whatever writes an amount see what the address of the page says."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        before = _request.set(request)
        try:
            response = self.get_response(request)
        finally:
            _request.reset(before)
        if not (_is_page(response) and _takes(request.path_info)):
            return response
        asked = _asked(request)
        if asked in CHOICES:
            response.content = carried(response.content.decode(), asked).encode()
            if "Content-Length" in response:
                response["Content-Length"] = str(len(response.content))
        return response


def _asked(request: HttpRequest | None) -> str:
    try:
        return "" if request is None else request.GET.get(NAME, "").strip()
    except TooManyFieldsSent:
        return ""  # The page says so.


def _is_page(response: HttpResponseBase) -> bool:
    return not response.streaming and response.get("Content-Type", "").startswith("text/html")


def _takes(path: str) -> bool:
    try:
        return resolve(path).view_name in WITH_AMOUNTS | ON_THE_WAY
    except Resolver404:
        return False


def carried(page: str, choice: str) -> str:
    """The same page, whose links and forms to pages with amounts ask for `choice` as well."""
    known: dict[str, bool] = {"": True}

    def takes(href: str) -> bool:
        path = href.partition("?")[0]
        if path not in known:
            known[path] = _takes(path.removeprefix(get_script_prefix().removesuffix("/")))
        return known[path] and f"{NAME}=" not in href

    def link(found: re.Match[str]) -> str:
        start, href = found.groups()
        if not takes(href):
            return found[0]
        return f"{start}{href}{'&amp;' if '?' in href else '?'}{NAME}={choice}"

    def form(found: re.Match[str]) -> str:
        if f'name="{NAME}"' in found[1]:
            return found[0]
        return f'{found[0]}<input type="hidden" name="{NAME}" value="{choice}">'

    return _FORM.sub(form, _LINK.sub(link, page))


def current() -> str:
    asked = _asked(_request.get())
    return asked if asked in CHOICES else SHORT if is_chinese_active() else FULL


def problems(data: Any) -> dict[str, list[str]]:
    """What an address says of units that cannot be; empty where it can."""
    given = [value.strip() for value in data.getlist(NAME) if value.strip()]
    if len(given) > 1:
        return {NAME: [gettext("Give this once: it has %(count)s values.") % {"count": len(given)}]}
    if given and given[0] not in CHOICES:
        return {
            NAME: [
                gettext("“%(value)s” is not possible here: give one of %(choices)s.")
                % {"value": truncate_for_display(given[0]), "choices": ", ".join(CHOICES)}
            ]
        }
    return {}
