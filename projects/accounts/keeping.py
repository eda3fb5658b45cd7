"""A form that is sent after its session had ended loses nothing of what was typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase

from . import typed


class KeepTyped:
    """Leads to the page of the form, and so by the sign-in back to what was typed into it.

    The views would lead there as well, and forget the rest. Which forms: those
    that carry the signed word (`{% typed_by %}`).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        # What programs send to the API carries no such word, and is not read before its view.
        is_form = request.method == "POST" and "api" not in request.resolver_match.namespaces
        if is_form and not request.user.is_authenticated:
            return typed.led_back(request)
        return None
