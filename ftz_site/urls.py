"""The URLs of the site. Those of the register are in `projects.urls`."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from projects.views.accounts.signing_in import SignOut, go_to_login
from projects.views.health import healthz, readyz

urlpatterns = [
    # For programs: in English only.
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("api/", include("projects.api.urls")),
    # For people: English without prefix, Chinese below /zh-hans/.
    *i18n_patterns(
        # One sign-in page for all: the admin's own would lack lockout and second factor.
        path("admin/login/", go_to_login),
        path("admin/logout/", SignOut.as_view()),
        path("admin/password_change/", RedirectView.as_view(pattern_name="password-change")),
        path("admin/", admin.site.urls),
        path("accounts/", include("projects.views.accounts.urls")),
        path("", include("projects.urls")),
        prefix_default_language=False,
    ),
]

handler400 = "projects.views.errors.bad_request"
handler403 = "projects.views.errors.forbidden"
handler404 = "projects.views.errors.not_found"
handler500 = "projects.views.errors.fault"
