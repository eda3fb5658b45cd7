from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from projects import charts
from projects.filters import ProjectFilterSet, TotalsFilterSet
from projects.filters.parameters import UnitsForm
from projects.filters.totals import DIMENSIONS
from projects.models import Basis, Project, Stage
from projects.totals import provenance, totals
from projects.totals.totals import CrossTable, Figure, Totals

from .charts import largest_as_bars, line_of
from .filter_form import FilterForm
from .lists import refused
from .page_cache import cache_until_write

# How many rows the page shows; one more row has the sum of the rest.
MOST_ROWS = 200
# With more columns, a list of rows is easier to read than a pivot table.
MOST_COLUMNS = 16


@require_safe
@cache_until_write
def totals_page(request: HttpRequest) -> HttpResponse:
    """The page of totals by one or two dimensions, each linked to the list of its projects."""
    filterset = TotalsFilterSet(
        request.GET,
        Project.objects.visible_to(request.user),
        request=request,
        parameters=UnitsForm,
    )
    errors = filterset.errors
    context: dict[str, Any] = {
        "filterset": filterset,
        "errors": errors,
        "filter_form": FilterForm(
            filterset,
            errors,
            ("by", "then", "basis", "area", "sector", "currency", "year"),
            defaults={"by": "sector", "basis": Basis.CONTRACTED.value},
        ),
    }
    if errors:
        return refused(request, "projects/totals.html", context)
    by, basis = filterset.dimensions, filterset.requested_basis
    table = totals.totals(filterset, by, basis)
    context |= {
        "table": table,
        "headings": [DIMENSIONS[dimension].label for dimension in by],
        "basis": basis,
        "cross": None,
        "rows": table.rows[:MOST_ROWS],
        "others": totals.combine(table.rows[MOST_ROWS:]),
    }
    charted: Sequence[Figure] = table.rows if len(by) == 1 else []
    if len(by) == 2 and fits_across(table):
        cross = totals.pivot(filterset, table)
        charted = [row for row, _cells in cross.rows]
        context |= {"cross": cross, "shaded": shaded(cross)}
    context |= largest_as_bars(charted)
    context |= {"line": line_of(charted, by[0]), **made_of(filterset, table)}
    return render(request, "projects/totals.html", context)


def made_of(filterset: TotalsFilterSet, table: Totals) -> dict[str, Any]:
    """The provenance of a table: rates used and projects left out. At most two queries."""
    basis = table.basis
    rates = provenance.rates_used(filterset, basis)
    unconverted = provenance.left_out(filterset, basis) if table.total.left_out else []
    return {
        "rates": rates[: provenance.MOST_RATES],
        "more_rates": len(rates) > provenance.MOST_RATES,
        "unconverted": unconverted[: provenance.MOST_LEFT_OUT],
        "more_unconverted": len(unconverted) > provenance.MOST_LEFT_OUT,
        "further": of_other_stages(filterset, basis),
    }


def of_other_stages(filterset: TotalsFilterSet, basis: Basis) -> list[dict[str, Any]]:
    """Links to the projects that the contracted basis leaves out, unless stages are filtered."""
    parameters = {
        name: found for name, found in filterset.active_parameters().items() if name != "basis"
    }
    if basis != Basis.CONTRACTED or "stage" in parameters:
        return []
    words = {
        Stage.INTENDED: gettext("Intended projects"),
        Stage.TERMINATED: gettext("Terminated projects"),
    }
    return [
        {
            "words": label,
            "href": ProjectFilterSet.url(**parameters | {"stage": stage}),
        }
        for stage, label in words.items()
    ]


def fits_across(table: Totals) -> bool:
    first, second = ({row.keys[dimension] for row in table.rows} for dimension in table.by)
    return len(first) <= MOST_ROWS and 0 < len(second) <= MOST_COLUMNS


def shaded(cross: CrossTable) -> list[tuple[Figure, list[tuple[Figure | None, int]]]]:
    """The rows of a pivot table, each cell with its shade relative to the largest amount."""
    cells = [cell for _row, cells in cross.rows for cell in cells if cell is not None]
    largest = max((cell.amount for cell in cells), default=Decimal(0))
    return [
        (row, [(cell, charts.heat(cell.amount, largest) if cell else 0) for cell in cells])
        for row, cells in cross.rows
    ]
