"""Dates as people write them: one rule for forms and files."""

from __future__ import annotations

from datetime import date, datetime

# Unambiguous forms: the year first, or the month as a word.
DATE_FORMATS = (
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y年%m月%d日",
    "%d %B %Y",
    "%d %b %Y",
    "%B %d, %Y",
    "%b %d, %Y",
)


def read_date(text: str, formats: tuple[str, ...] = DATE_FORMATS) -> date | None:
    """The date that a text means; None if it is ambiguous, such as `11/05/2023`, or no date."""
    for one in formats:
        try:
            # Only the day is used: the time zone does not matter.
            return datetime.strptime(text.strip(), one).date()  # noqa: DTZ007
        except ValueError:
            continue
    return None
