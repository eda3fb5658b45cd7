"""What says how long its body is, is read; what does not, would be read as empty."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import gettext


class LengthRequired:
    """Refuses a body in chunks with 411: Django reads as much as was announced, which is nothing.

    A change that was sent so would be answered as done, and nothing changed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        meta = request.META
        if "HTTP_TRANSFER_ENCODING" not in meta or meta.get("CONTENT_LENGTH"):
            return self.get_response(request)
        said = gettext("Say how long the body is (Content-Length): none is read in chunks.")
        if request.path_info.startswith("/api/"):
            return JsonResponse({"detail": said}, status=411)
        return HttpResponse(f"{said}\n", status=411, content_type="text/plain; charset=utf-8")
