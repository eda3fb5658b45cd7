"""Users who must have a second factor set it up first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from . import second_factor

# The pages for setting it up, and signing out.
ALLOWED = frozenset({"second-factor", "second-factor-picture", "logout"})


class RequireSecondFactorMiddleware:
    """Redirects from pages and the admin to the page for setting it up.

    The API refuses such users in `projects.api.authentication`.
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
            # Without a session cookie nobody is signed in; reading `user` would cost a query.
            or settings.SESSION_COOKIE_NAME not in request.COOKIES
            or match.view_name in ALLOWED
            or "api" in match.namespaces
            or match.view_name in ("healthz", "readyz")
        ):
            return None
        if request.user.is_authenticated and second_factor.is_lacking(request.user):
            return redirect("second-factor")
        return None
