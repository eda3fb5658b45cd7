from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from projects import totals
from projects.filters import TotalsQuestion
from projects.models import Basis, Project

from .lists import refused

# What a page can show; the rest stands together in one row, so that all add up.
MOST_ROWS = 200


@require_safe
def totals_page(request: HttpRequest) -> HttpResponse:
    """Sums by one dimension or two, each a link to exactly its records."""
    question = TotalsQuestion(
        request.GET, Project.objects.visible_to(request.user), request=request
    )
    context: dict[str, Any] = {
        "question": question,
        "errors": question.errors,
        "dimensions": totals.DIMENSIONS,
        "bases": Basis.choices,
    }
    if question.errors:
        return refused(request, "projects/totals.html", context)
    by = question.dimensions
    table = totals.totals(question, by, question.basis_asked)
    context |= {
        "table": table,
        "by": by,
        "headings": [totals.DIMENSIONS[dimension].label for dimension in by],
        "rows": table.rows[:MOST_ROWS],
        "others": totals.together(table.rows[MOST_ROWS:]),
        "basis": question.basis_asked,
    }
    return render(request, "projects/totals.html", context)
