"""Whoever must have a second factor sets one up before anything else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from . import second_factor

# What one sets up by, and how one leaves.
OPEN = frozenset({"second-factor", "second-factor-picture", "logout"})


class RequireSecondFactorMiddleware:
    """Leads to where it is set up, from pages and the admin alike.

    The API has its own way of saying so, in `projects.api.authentication`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        match = request.resolver_match
        if (
            settings.REQUIRE_SECOND_FACTOR == second_factor.Required.NONE
            # Without a session nobody is signed in, and none is asked for.
            or settings.SESSION_COOKIE_NAME not in request.COOKIES
            or match.view_name in OPEN
            or "api" in match.namespaces
            or match.view_name in ("healthz", "readyz")
        ):
            return None
        if request.user.is_authenticated and second_factor.is_lacking(request.user):
            return redirect("second-factor")
        return None
