"""The base of the import pages: who may use them, which imports a user sees, and labels."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import FieldDoesNotExist, PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.text import capfirst
from django.views import View

from projects.imports import permissions, publish
from projects.models import ImportBatch
from projects.models.registry import model_named


class StaffView(View):
    """A page for staff who may import something; visitors are sent to the sign-in page."""

    http_method_names = ["get", "head", "post", "options"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            back = request.method in ("GET", "HEAD")
            return redirect_to_login(request.get_full_path() if back else reverse("imports"))
        self.model_names = permissions.importable_by(request.user) if request.user.is_staff else []
        if not self.model_names:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def seen(self) -> Any:
        return ImportBatch.objects.visible_to(self.request.user).without_content()

    def readable(self) -> Any:
        """The same, and the imports of others whose records the user may publish."""
        return publish.readable(self.request.user).without_content()

    def batch(self, pk: int) -> ImportBatch:
        """One of the imports that the user sees, with its user. One query."""
        return get_object_or_404(self.seen().select_related("user"), pk=pk)


def model_label(model_name: str) -> str:
    return capfirst(str(model_named(model_name)._meta.verbose_name_plural))


def field_label(model_name: str, name: str) -> str:
    """The verbose name of a field; its name if the model has no such field."""
    try:
        column = model_named(model_name)._meta.get_field(name)
    except FieldDoesNotExist:
        return name
    return capfirst(str(getattr(column, "verbose_name", name)))
