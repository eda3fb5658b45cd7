from __future__ import annotations

from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend

from projects.filters import Question


def answered(question: Question) -> Any:
    """The records that the question means. Raises ValidationError, by parameter."""
    if errors := question.errors:
        raise ValidationError(errors)
    return question.qs


class QuestionBackend(BaseFilterBackend):
    """Lists ask the noun's own question, the one that its page and its export ask."""

    def filter_queryset(self, request: Any, queryset: Any, view: Any) -> Any:
        if view.action != "list":
            return queryset
        return answered(
            view.question_class(request.query_params, queryset, request=request, also={"format"})
        )
