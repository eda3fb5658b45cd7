"""The response to a client that is locked out."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from projects.accounts.lockout import LockedOut
from projects.models.attempt_count import seconds_until


def locked_out(request: HttpRequest, until: datetime) -> HttpResponse:
    """The same response whether or not there is such an account."""
    wait = seconds_until(until)
    context = {"until": until, "minutes": math.ceil(wait / 60)}
    response = render(request, "registration/locked_out.html", context, status=429)
    response["Retry-After"] = str(wait)
    return response


@method_decorator(never_cache, name="dispatch")
@method_decorator(
    sensitive_post_parameters("password", "old_password", "code", "new_password1", "new_password2"),
    name="dispatch",
)
class LockoutMixin:
    """Answers a lockout; the view is not cached, and error reports leave out its secrets."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)
        except LockedOut as error:
            return locked_out(request, error.until)
