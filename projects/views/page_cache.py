"""Pages that need not be made anew while the register has not changed."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.cache import cache_page

from projects.i18n import amount_units
from projects.models import RecentWrite

# A write by SQL, or by a QuerySet in a shell, notes nothing: it is seen after so many seconds.
MAX_AGE = 5 * 60


def cache_until_write(
    view: Callable[..., HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """The page of a `view` that reads the register, given again to visitors until a write.

    Its counts and sums go through all that matches, and what most readers come for
    is the same few pages. One query where it is kept, one more where it is not.
    Who sends a session or credentials is answered anew, as is every error.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if settings.SESSION_COOKIE_NAME in request.COOKIES or "Authorization" in request.headers:
            return view(request, *args, **kwargs)
        # Before the page reads anything, so that what it reads is of this state or a later one.
        # A page differs by the units that a cookie asks for.
        prefix = f"{RecentWrite.objects.state()}.{amount_units.current()}"
        kept = cache_page(MAX_AGE, cache="pages", key_prefix=prefix)
        response = kept(view)(request, *args, **kwargs)
        # Meant for the cache here; for all others see `ftz_site.header_middleware`.
        for name in ("Age", "Cache-Control", "Expires"):
            response.headers.pop(name, None)
        return response

    return answer
