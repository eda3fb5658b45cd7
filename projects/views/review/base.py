"""Who is led to the pages of review, and what a person finds there."""

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
    """A page for staff who may see drafts; visitors are asked to sign in.

    `nouns` are those of which the person sees drafts.
    """

    http_method_names = ["get", "head", "options"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            back = request.method in ("GET", "HEAD")
            return redirect_to_login(request.get_full_path() if back else reverse("review"))
        self.nouns = queue.nouns_of(request.user)
        if not self.nouns:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def model_of(self, noun: str) -> Any:
        """The model of a noun in an address. Raises Http404 where the person sees none of it."""
        if noun not in self.nouns:
            raise Http404
        return REVIEWED[noun]
