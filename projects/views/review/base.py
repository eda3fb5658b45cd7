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

    `model_names`: the names of the models whose drafts the user may see.
    """

    http_method_names = ["get", "head", "options"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            is_read = request.method in ("GET", "HEAD")
            return redirect_to_login(request.get_full_path() if is_read else reverse("review"))
        self.model_names = queue.model_names_of(request.user)
        if not self.model_names:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def model_of(self, model_name: str) -> Any:
        """The model named in an address. Raises Http404 if the user may not see its drafts."""
        if model_name not in self.model_names:
            raise Http404
        return REVIEWED[model_name]
