"""Checks that the scripts of a form request while a user types; they never prevent a save.

The scripts send the values of fields as query parameters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse, QueryDict
from django.urls import URLPattern, path

from projects.models import Qualifier, base_currency
from projects.models.amount_parsing import ParsedAmount, parse_amount

from .amount_fields import MAX_AMOUNT_LENGTH

# Of one record; more are in an address that was edited.
MAX_KEYS = 50


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


def read_text(params: QueryDict, name: str, max_length: int) -> str:
    # PostgreSQL refuses null characters in texts.
    return params.get(name, "")[:max_length].replace("\x00", "")


def read_keys(params: QueryDict, name: str) -> list[int]:
    """The primary keys given; numbers too large for a column are left out."""
    found: Iterable[str] = params.getlist(name)[:MAX_KEYS]
    return [int(one) for one in found if re.fullmatch("[0-9]{1,18}", one, re.ASCII)]


def read_key(params: QueryDict, name: str) -> int | None:
    return next(iter(read_keys(params, name)), None)


def read_amount(params: QueryDict, prefix: str = "") -> ParsedAmount:
    """How a text is read as an amount. Raises ValidationError.

    The parameter `sent` names the other fields that were changed as well.
    """
    qualifier = params.get(f"{prefix}qualifier", "")
    return parse_amount(
        read_text(params, f"{prefix}text", MAX_AMOUNT_LENGTH),
        currency=params.get(f"{prefix}currency", base_currency()),
        qualifier=qualifier if qualifier in Qualifier.values else Qualifier.EXACT,
        amount_text="",
        sent=set(params.getlist(f"{prefix}sent")),
        negative=bool(params.get("negative")),
    )
