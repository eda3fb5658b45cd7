"""Pages that are cached until something is written."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.cache import cache_page

from projects.i18n import amount_units
from projects.models import RecentWrite

# A write by SQL, or by a QuerySet in a shell, bumps no version: it shows after so many seconds.
MAX_AGE = 5 * 60


def cache_until_write(
    view: Callable[..., HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Cache the pages of a `view` for visitors until something is written to the register.

    Counts and sums read all matching records, and most readers want the same few pages.
    One query on a hit, one more on a miss. Requests with a session or credentials are
    not cached, nor are errors.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if settings.SESSION_COOKIE_NAME in request.COOKIES or "Authorization" in request.headers:
            return view(request, *args, **kwargs)
        # Read before the page reads anything, so that the page is of this version or a later one.
        # A page differs by the units that a cookie asks for.
        prefix = f"{RecentWrite.objects.version()}.{amount_units.current()}"
        cached = cache_page(MAX_AGE, cache="pages", key_prefix=prefix)
        response = cached(view)(request, *args, **kwargs)
        # Meant for this cache alone; for others see `ftz_site.middleware`.
        for name in ("Age", "Cache-Control", "Expires"):
            response.headers.pop(name, None)
        return response

    return answer
