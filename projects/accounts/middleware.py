"""Middleware of accounts: sliding sessions, and users who must set up a second factor first."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from . import second_factor

RENEWAL_INTERVAL = timedelta(minutes=10)
# On SQLite, how long a renewal waits for another writer. A page view must not wait for an import.
LOCK_WAIT_MS = 50
# The pages for setting up a second factor, and signing out.
ALLOWED = frozenset({"second-factor", "second-factor-picture", "logout"})

logger = logging.getLogger(__name__)


class SlidingSessionMiddleware:
    """Renews a signed-in user's session before the view runs, so that pages show when it ends.

    Nothing is read or written for a request without a session cookie.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        session = request.session
        key = session.session_key
        is_renewed = key is not None and renew(session)
        response = self.get_response(request)
        if key is not None and is_renewed and session.session_key == key:
            response.set_cookie(
                settings.SESSION_COOKIE_NAME,
                key,
                max_age=session.get_expiry_age(),
                domain=settings.SESSION_COOKIE_DOMAIN,
                path=settings.SESSION_COOKIE_PATH,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=settings.SESSION_COOKIE_HTTPONLY,
                samesite=settings.SESSION_COOKIE_SAMESITE,
            )
        return response


def renew(session: Any) -> bool:
    """Move the end of a signed-in session on; True where it was moved.

    Nothing happens where that would gain less than RENEWAL_INTERVAL. Only the date is
    updated: what another request saves in the session meanwhile is kept. A database that
    cannot be written to is logged, and the request goes on.
    """
    if SESSION_KEY not in session or session.expires_at is None:
        return False
    expires_at = session.get_expiry_date()
    if expires_at - session.expires_at < RENEWAL_INTERVAL:
        return False
    rows = session.model.objects.filter(session_key=session.session_key)
    try:
        with _short_lock_wait():
            is_moved = rows.update(expire_date=expires_at) == 1
    except DatabaseError as error:
        logger.warning("A session could not be renewed: %s", error)
        return False
    if is_moved:
        session.expires_at = expires_at
    return is_moved


@contextmanager
def _short_lock_wait() -> Iterator[None]:
    if connection.vendor != "sqlite":
        yield
        return
    usual = int(connection.settings_dict["OPTIONS"].get("timeout", 5) * 1000)
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {LOCK_WAIT_MS}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {usual}")


class RequireSecondFactorMiddleware:
    """Redirects users who must have a second factor and have none to its page.

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
