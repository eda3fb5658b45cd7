"""Require a Content-Length, as Django reads a chunked body as an empty one."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import gettext


class ContentLengthRequiredMiddleware:
    """Answers 411 to requests with a chunked body.

    Without this, a change sent that way would be reported as done without changing anything.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        meta = request.META
        if "HTTP_TRANSFER_ENCODING" not in meta or meta.get("CONTENT_LENGTH"):
            return self.get_response(request)
        message = gettext("Send the header Content-Length: chunked bodies are not accepted.")
        if request.path_info.startswith("/api/"):
            return JsonResponse({"detail": message}, status=411)
        return HttpResponse(f"{message}\n", status=411, content_type="text/plain; charset=utf-8")
