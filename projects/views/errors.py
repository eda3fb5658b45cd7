"""The pages of refusals and faults, in the dress of the site and without its database."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from projects.accounts import audit_log
from projects.i18n import languages


def page(status: int) -> Any:
    def view(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
        return answer(request, status)

    return view


bad_request, not_found, fault = (page(status) for status in (400, 404, 500))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Somebody asked for what they may not have, on a page or in the admin."""
    audit_log.log_refusal(request)
    return page(403)(request)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form was sent without a valid CSRF token, as after a long wait or with cookies off."""
    return answer(request, 403, form=True)


def answer(request: HttpRequest, status: int, **context: Any) -> HttpResponse:
    """Rendered without the request, for which context processors ask the session and the user."""
    context |= {"status": status, "versions": languages.language_versions(request)}
    return HttpResponse(render_to_string("error.html", context), status=status)
