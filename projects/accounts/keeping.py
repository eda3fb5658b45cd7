"""A form of the admin that is sent after its session had ended loses nothing of what was typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect

from . import typed


class KeepTyped:
    """Leads to the form's own address, and so by the sign-in back to what was typed into it.

    The admin would lead there as well, and forget the rest. A form with files is
    not one of its forms.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        if (
            request.method == "POST"
            and "admin" in request.resolver_match.namespaces
            and not request.user.is_authenticated
            and typed.keep(request)
        ):
            return HttpResponseRedirect(request.get_full_path())
        return None
