"""Charts of totals, shown next to their tables."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from projects import charts
from projects.totals.totals import Figure

MOST_BARS = 15


def largest_as_bars(rows: Sequence[Figure]) -> dict[str, Any]:
    """The largest of `rows`, in their order, for the bar chart; none if no amount is above zero.
    Negative amounts have no bar."""
    amounts = sorted((row.amount for row in rows), reverse=True)[:MOST_BARS]
    if not amounts or amounts[0] <= 0:
        return {"chart": charts.bars([]), "bars_left": 0}
    shown = [row for row in rows if row.amount >= amounts[-1]][:MOST_BARS]
    return {
        "chart": charts.bars([(row, max(row.amount, Decimal(0))) for row in shown]),
        "bars_left": len(rows) - len(shown),
    }


def line_of(rows: Sequence[Figure], dimension: str) -> charts.Line[Figure] | None:
    """The rows of totals by year or month as a line chart; None for other dimensions."""
    if dimension not in ("year", "month"):
        return None
    return charts.line(
        (_place(key), row if row.is_known else None, row.amount)
        for row in rows
        if (key := row.keys[dimension]) is not None
    )


def _place(key: str) -> int:
    """The number of a year or month on the time axis."""
    year, _dash, month = key.partition("-")
    return int(year) * 12 + int(month) - 1 if month else int(year)
