from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from projects import totals
from projects.filters import TotalsQuestion
from projects.models import Basis, Project
from projects.totals import DIMENSIONS, Figure, Totals

from .lists import refused
from .questions import Asked

# What a page can show; the rest stands together in one row, so that all add up.
MOST_ROWS = 200
# A cross-table with more columns reads worse than the same figures one below the other.
MOST_COLUMNS = 12
MOST_BARS = 15


@dataclass(frozen=True)
class Bar:
    """A figure, and how wide its bar is beside the widest, from 0 to 100."""

    figure: Figure
    width: Decimal


@require_safe
def totals_page(request: HttpRequest) -> HttpResponse:
    """Sums by one dimension or two, each a link to exactly its records."""
    question = TotalsQuestion(
        request.GET, Project.objects.visible_to(request.user), request=request
    )
    errors = question.errors
    context: dict[str, Any] = {
        "question": question,
        "errors": errors,
        "asked": Asked(
            question,
            errors,
            ("by", "then", "basis", "area", "sector", "year"),
            defaults={"by": "sector", "basis": Basis.CONTRACTED.value},
        ),
    }
    if errors:
        return refused(request, "projects/totals.html", context)
    by, basis = question.dimensions, question.basis_asked
    table = totals.totals(question, by, basis)
    context |= {
        "table": table,
        "headings": [DIMENSIONS[dimension].label for dimension in by],
        "basis": basis,
        "cross": None,
        "chart": table.rows if len(by) == 1 else [],
        "rows": table.rows[:MOST_ROWS],
        "others": totals.together(table.rows[MOST_ROWS:]),
    }
    if len(by) == 2 and fits_across(table):
        cross = totals.across(question, table)
        context |= {"cross": cross, "chart": [row for row, _cells in cross.rows]}
    context |= {"bars": bars(context["chart"]), "bars_left": len(context["chart"]) - MOST_BARS}
    return render(request, "projects/totals.html", context)


def fits_across(table: Totals) -> bool:
    first, second = ({row.keys[dimension] for row in table.rows} for dimension in table.by)
    return len(first) <= MOST_ROWS and 0 < len(second) <= MOST_COLUMNS


def bars(rows: Sequence[Figure]) -> list[Bar]:
    """The largest of `rows` in their order; one below zero (money returned) has no bar."""
    largest = sorted((row.amount for row in rows), reverse=True)[:MOST_BARS]
    if not largest or largest[0] <= 0:
        return []
    shown = [row for row in rows if row.amount >= largest[-1]][:MOST_BARS]
    return [
        Bar(row, (max(row.amount, Decimal(0)) * 100 / largest[0]).quantize(Decimal("0.01")))
        for row in shown
    ]
