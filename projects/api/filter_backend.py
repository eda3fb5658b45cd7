from __future__ import annotations

from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend

from projects.filters import RegisterFilterSet


def filtered(filterset: RegisterFilterSet) -> Any:
    """The records that the question means. Raises ValidationError, by parameter."""
    if errors := filterset.errors:
        raise ValidationError(errors)
    return filterset.qs


class FilterSetBackend(BaseFilterBackend):
    """Lists ask the noun's own question, the one that its page and its export ask."""

    def filter_queryset(self, request: Any, queryset: Any, view: Any) -> Any:
        if view.action != "list":
            return queryset
        return filtered(
            view.filterset_class(
                request.query_params, queryset, request=request, extra_parameters={"format"}
            )
        )
