"""Checks that the scripts of a form request while a user types; they never prevent a save."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, path


@dataclass(frozen=True)
class LiveCheck:
    """One check: an address below the pages of a model, and the script that requests it.

    `answer` gets the model's admin and the request, and returns what is sent as JSON.
    """

    name: str
    answer: Callable[[Any, HttpRequest], dict[str, Any]]
    media: forms.Media

    def url(self, model_admin: Any) -> URLPattern:
        """`admin:projects_<model>_<name>`, for those who may add or change records."""

        def view(request: HttpRequest) -> JsonResponse:
            if not (
                model_admin.has_add_permission(request)
                or model_admin.has_change_permission(request)
            ):
                raise PermissionDenied
            return JsonResponse(self.answer(model_admin, request))

        name = f"{model_admin.opts.app_label}_{model_admin.opts.model_name}_{self.name}"
        return path(f"{self.name}/", model_admin.admin_site.admin_view(view), name=name)
