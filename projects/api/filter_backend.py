from __future__ import annotations

from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend

from projects.filters import RegisterFilterSet
from projects.filters.parameters import ApiListForm


def filtered(filterset: RegisterFilterSet) -> Any:
    """The records that match a filter set. Raises ValidationError, by parameter."""
    if errors := filterset.errors:
        raise ValidationError(errors)
    return filterset.qs


class FilterSetBackend(BaseFilterBackend):
    """Filters API lists with the same filter set as the page and the export."""

    def filter_queryset(self, request: Any, queryset: Any, view: Any) -> Any:
        if view.action != "list":
            return queryset
        return filtered(
            view.filterset_class(
                request.query_params, queryset, request=request, parameters=ApiListForm
            )
        )
