"""What every answer carries, whoever makes it: policies, and who may keep a copy of it.

The outermost middleware, so that static files, redirects, refusals and faults
carry it too. Only Strict-Transport-Security is left to Django's own, which
stands next and sends it over TLS alone, as RFC 6797 asks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_vary_headers

# For what is no page: nothing in it is ever to be loaded, run or framed.
NOTHING = {
    "default-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
    "object-src": "'none'",
}
# For pages: what they need comes from this site, and nothing is written into them.
OF_THIS_SITE = NOTHING | dict.fromkeys(
    ("connect-src", "font-src", "form-action", "img-src", "script-src", "style-src"), "'self'"
)
# Our own scripts never make text into markup; on lists one of them lets htmx do it with whole
# pages of this site, and with nothing else. Those of the admin, of the API's pages and
# of the reader of its description do (jQuery, React), and would stop at the first of it.
NO_MARKUP_FROM_TEXT = {"require-trusted-types-for": "'script'", "trusted-types": "'none'"}
IN_PLACE = {"trusted-types": "default"}
LISTS = frozenset({"areas", "enterprises", "headlines", "projects", "sources"})
WITH_LIBRARIES = re.compile("/([a-z]{2}(-[a-z]+)?/)?(admin|api)/")
# The reader of the description has its icons in its stylesheet.
WITH_ICONS = {"api:docs": {"img-src": "'self' data:"}}

# None of them is used here, so that no script that gets in could.
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
    # Other sites learn of no address. This one does, as Django's check of forms needs it.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in FEATURES_OFF),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
}

# Where each answer is one person's, also in a language of its own (/zh-hans/admin/).
PERSONAL = re.compile("/([a-z]{2}(-[a-z]+)?/)?(admin|accounts|import)/")


def policy(directives: Mapping[str, str]) -> str:
    return "; ".join(f"{name} {value}" for name, value in sorted(directives.items()))


class Headers:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        # A view may note more of them with the request, such as what is left of a limit.
        for name, value in (ALWAYS | getattr(request, "further_headers", {})).items():
            response.headers[name] = value
        response.headers["Content-Security-Policy"] = policy(directives(request, response))
        if not is_static_file(request, response):
            say_who_may_keep(request, response)
        return response


def directives(request: HttpRequest, response: HttpResponseBase) -> dict[str, str]:
    """What a browser may load for this answer."""
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip()
    # “Not modified” names no kind, and its policy takes the place of that of the page.
    if kind not in ("", "text/html"):
        return NOTHING
    view = request.resolver_match.view_name if request.resolver_match else ""
    if not WITH_LIBRARIES.match(request.path_info):
        return OF_THIS_SITE | NO_MARKUP_FROM_TEXT | (IN_PLACE if view in LISTS else {})
    return OF_THIS_SITE | WITH_ICONS.get(view, {})


def is_static_file(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether WhiteNoise answered, which says itself how long a file may be kept."""
    return request.path.startswith(settings.STATIC_URL) and response.has_header("Last-Modified")


def say_who_may_keep(request: HttpRequest, response: HttpResponseBase) -> None:
    """What a person is shown is kept nowhere; what is public is asked for anew each time.

    A copy of a public answer that is shown without asking would outlive what
    it shows: figures change at any moment, and records are withdrawn. Who asks
    is told by what they send, so that no answer costs a look at the session.
    """
    asks_as_somebody = (
        settings.SESSION_COOKIE_NAME in request.COOKIES or "Authorization" in request.headers
    )
    if asks_as_somebody or response.cookies or PERSONAL.match(request.path_info):
        response.headers["Cache-Control"] = "no-store, private"
    else:
        response.headers.setdefault("Cache-Control", "no-cache")
    in_api = request.path_info.startswith("/api/")
    patch_vary_headers(response, ["Accept", "Authorization", "Cookie"] if in_api else ["Cookie"])
