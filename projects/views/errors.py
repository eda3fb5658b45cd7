"""Error pages in the design of the site, without database queries."""

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
    """Permission denied, on a page or in the admin; logged in the audit log."""
    audit_log.log_refusal(request)
    return page(403)(request)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without a valid CSRF token, for example after a long wait or without cookies."""
    return answer(request, 403, form=True)


def answer(request: HttpRequest, status: int, **context: Any) -> HttpResponse:
    """Render the page without the request: context processors would read session and user."""
    context |= {"status": status, "versions": languages.language_versions(request)}
    return HttpResponse(render_to_string("error.html", context), status=status)
