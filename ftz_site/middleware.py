"""Middleware of the site: security and caching headers, and bodies without a length."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext

from projects.models.registry import by_plural, listed_models

# For everything but pages: nothing may be loaded, run or framed.
NOTHING = {
    "default-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
    "object-src": "'none'",
}
# For pages: resources from this site only, and nothing inline.
OF_THIS_SITE = NOTHING | dict.fromkeys(
    ("connect-src", "font-src", "form-action", "img-src", "script-src", "style-src"), "'self'"
)
# Our own scripts never turn text into markup. On lists, one of them lets htmx do so with
# whole pages of this site only. The libraries of the admin and the API pages (jQuery,
# React) do, and would not work with this policy.
NO_MARKUP_FROM_TEXT = {"require-trusted-types-for": "'script'", "trusted-types": "'none'"}
TRUSTED_TYPES_FOR_LISTS = {"trusted-types": "default"}
LISTS = frozenset(by_plural(listed_models()))
WITH_LIBRARIES = re.compile("/([a-z]{2}(-[a-z]+)?/)?(admin|api)/")
# Swagger's stylesheet contains its icons.
WITH_ICONS = {"api:docs": {"img-src": "'self' data:"}}

# None of these is used here, so injected scripts cannot use them either.
FEATURES_OFF = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "clipboard-read",
    "clipboard-write",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "hid",
    "identity-credentials-get",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "otp-credentials",
    "payment",
    "picture-in-picture",
    "publickey-credentials-create",
    "publickey-credentials-get",
    "screen-wake-lock",
    "serial",
    "storage-access",
    "sync-xhr",
    "usb",
    "window-management",
    "xr-spatial-tracking",
)

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Other sites get no referrer. This one does, as Django's CSRF check needs it.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in FEATURES_OFF),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
}

# Paths whose responses are personal, with or without a language prefix.
PERSONAL = re.compile("/([a-z]{2}(-[a-z]+)?/)?(admin|accounts|import)/")


def policy(directives: Mapping[str, str]) -> str:
    return "; ".join(f"{name} {value}" for name, value in sorted(directives.items()))


class SecurityHeadersMiddleware:
    """Sets the security and caching headers of every response.

    The outermost middleware, so that static files, redirects and errors have them as well.
    Only Strict-Transport-Security is left to Django's SecurityMiddleware, which sends it
    over TLS only, as RFC 6797 requires.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        # A view may add headers through the request, such as the rest of a rate limit.
        for name, value in (ALWAYS | getattr(request, "further_headers", {})).items():
            response.headers[name] = value
        response.headers["Content-Security-Policy"] = policy(directives(request, response))
        if not is_static_file(request, response):
            set_cache_control(request, response)
        return response


def directives(request: HttpRequest, response: HttpResponseBase) -> dict[str, str]:
    """The Content-Security-Policy of this response."""
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip()
    # 304 has no content type, and its policy replaces that of the cached page.
    if kind not in ("", "text/html"):
        return NOTHING
    view = request.resolver_match.view_name if request.resolver_match else ""
    if not WITH_LIBRARIES.match(request.path_info):
        return (
            OF_THIS_SITE | NO_MARKUP_FROM_TEXT | (TRUSTED_TYPES_FOR_LISTS if view in LISTS else {})
        )
    return OF_THIS_SITE | WITH_ICONS.get(view, {})


def is_static_file(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether WhiteNoise answered, which sets its own caching headers."""
    return request.path.startswith(settings.STATIC_URL) and response.has_header("Last-Modified")


def set_cache_control(request: HttpRequest, response: HttpResponseBase) -> None:
    """Forbid caching of personal responses; require revalidation of public ones.

    A cached public page could show figures that have changed since. Whether a
    request is personal is decided by its cookie and headers, without a query.
    """
    is_personal = (
        settings.SESSION_COOKIE_NAME in request.COOKIES or "Authorization" in request.headers
    )
    if is_personal or response.cookies or PERSONAL.match(request.path_info):
        response.headers["Cache-Control"] = "no-store, private"
    else:
        response.headers.setdefault("Cache-Control", "no-cache")
    in_api = request.path_info.startswith("/api/")
    patch_vary_headers(response, ["Accept", "Authorization", "Cookie"] if in_api else ["Cookie"])


class ContentLengthRequiredMiddleware:
    """Answers 411 to requests with a chunked body, which Django reads as an empty one.

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
