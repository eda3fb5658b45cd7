"""Base of the review pages: for staff who may see drafts."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.views import View

from projects.models import REVIEWED
from projects.review import queue


class ReviewView(View):
    """A page for staff who may see drafts; anonymous users are redirected to the login.

    `nouns`: the names of the models whose drafts the user may see.
    """

    http_method_names = ["get", "head", "options"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            is_read = request.method in ("GET", "HEAD")
            return redirect_to_login(request.get_full_path() if is_read else reverse("review"))
        self.nouns = queue.nouns_of(request.user)
        if not self.nouns:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def model_of(self, noun: str) -> Any:
        """The model named in an address. Raises Http404 if the user may not see its drafts."""
        if noun not in self.nouns:
            raise Http404
        return REVIEWED[noun]
