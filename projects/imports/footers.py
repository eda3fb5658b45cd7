"""Rows that sum others (小计, 合计, Total): recognised, left out, and held against our own sum."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from projects import money
from projects.money.hundredths import in_common_width
from projects.spreadsheets.reading import Row

from .mapping import Column, Mapping

_WORD = (
    r"(?:合\s*计|总\s*计|小\s*计|共\s*计|累\s*计|合计数|总和"
    r"|(?:grand|sub|running)?[\s-]*totals?|sums?)"
)
# With a count behind it (合计（5个）, 合计5个项目, Total: 5 projects), and nothing else.
_FOOTER = re.compile(
    rf"{_WORD}\s*[:：]?\s*(?:[（(][^（）()]*[）)]|[0-9]+\s*(?:个|家|项|projects?|rows?)?\w*)?",
    re.IGNORECASE,
)
_PART = re.compile(r"小\s*计|sub[\s-]*total|running", re.IGNORECASE)


@dataclass(frozen=True)
class Footer:
    """A row of sums: what it says of the amounts above it, and what they add up to here.

    `said` and `ours` are in units of the amounts' currency; None where the row
    says nothing that can be read, or where ours are of several currencies.
    `undisclosed` and `at_fault` count the rows above that ours leave out.
    """

    row: int
    text: str
    said: Decimal | None
    ours: Decimal | None = None
    undisclosed: int = 0
    at_fault: int = 0

    @property
    def differs(self) -> bool:
        return self.said is not None and self.said != self.ours


def is_footer(row: Row) -> str | None:
    """The word by which a row is one of sums; None for a row of its own."""
    for cell in row.cells.values():
        text = in_common_width(str(cell or "")) if cell else ""
        if text and _FOOTER.fullmatch(text):
            return text
    return None


def is_of_a_part(text: str) -> bool:
    """Whether a footer sums the rows since the one before it, and not all of them."""
    return bool(_PART.match(text))


def said_by(row: Row, mapping: Mapping) -> Decimal | None:
    """The amount in a footer's row, read as those above it are."""
    for column in mapping.columns.values():
        if column.field == "amount":
            return _read(str(row.cells.get(column.heading) or ""), column)
    return None


def _read(text: str, column: Column) -> Decimal | None:
    try:
        return money.read_amount(column.rounded(text), unit=column.unit, negative=True).value
    except money.MoneyError:
        return None


def held_against(
    footers: Sequence[tuple[Row, str]],
    records: Sequence[tuple[int, Any]],
    faulty: Sequence[int],
    mapping: Mapping,
) -> list[Footer]:
    """Each footer beside the sum of the records of the rows that it sums.

    `records`: row numbers and records that could be read; `faulty`: rows that
    could not. No query.
    """
    found = []
    since = 0
    for row, text in footers:
        first = since if is_of_a_part(text) else 0
        above = [record for number, record in records if first < number < row.number]
        amounts = [record.amount for record in above if record.amount is not None]
        one_currency = len({record.currency for record in above}) <= 1
        found.append(
            Footer(
                row.number,
                text,
                said_by(row, mapping),
                sum(amounts, Decimal("0.00")) if one_currency else None,
                len(above) - len(amounts),
                sum(first < number < row.number for number in set(faulty)),
            )
        )
        since = row.number
    return found
