"""Footers: rows that sum others (小计, 合计, Total); left out, and compared with what they sum."""

from __future__ import annotations

import re
from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from projects import money
from projects.money.hundredths import in_common_width
from projects.spreadsheets.reading import Row

from .mapping import Mapping
from .rows import RowError
from .validate import ValidatedRow

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
    """A row of sums, and what the rows above it add up to.

    `stated` and `computed` are in units of the amounts' currency. `stated` is
    None where the row has no amount that can be read, `computed` where the rows
    are of several currencies. `undisclosed` and `refused` count the rows above
    that `computed` leaves out.
    """

    row: int
    text: str
    stated: Decimal | None
    computed: Decimal | None = None
    undisclosed: int = 0
    refused: int = 0

    @property
    def differs(self) -> bool:
        return self.stated is not None and self.stated != self.computed


def footer_word(row: Row) -> str | None:
    """The word by which a row is recognised as a footer; None for any other row."""
    for cell in row.cells.values():
        text = in_common_width(str(cell or "")) if cell else ""
        if text and _FOOTER.fullmatch(text):
            return text
    return None


def _amount_in(row: Row, mapping: Mapping) -> Decimal | None:
    """The amount in a footer, read as the amounts above it are."""
    for column in mapping.columns.values():
        if column.field == "amount":
            text = column.rounded(str(row.cells.get(column.heading) or ""))
            try:
                return money.read_amount(text, unit=column.unit, negative=True).value
            except money.MoneyError:
                return None
    return None


def compare(
    words: AnyMapping[int, str],
    table: Sequence[Row],
    rows: Sequence[ValidatedRow],
    errors: Sequence[RowError],
    mapping: Mapping,
) -> tuple[Footer, ...]:
    """Each footer among the rows of a table, with the sum of the records that it sums. No query.

    `words`: the words of the footers, by the numbers of their rows.
    """
    found = []
    since = 0
    for row in table:
        text = words.get(row.number)
        if text is None:
            continue
        # A footer of a part sums the rows since the one before it.
        first = since if _PART.match(text) else 0
        above = [one.record for one in rows if first < one.number < row.number]
        amounts = [record.amount for record in above if record.amount is not None]
        one_currency = len({record.currency for record in above}) <= 1
        found.append(
            Footer(
                row.number,
                text,
                _amount_in(row, mapping),
                sum(amounts, Decimal("0.00")) if one_currency else None,
                len(above) - len(amounts),
                len({one.row for one in errors if first < one.row < row.number}),
            )
        )
        since = row.number
    return tuple(found)
