"""Values of columns in words, for pages, messages and history."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils import formats
from django.utils.translation import gettext


def display(column: Any, value: Any) -> str:
    """A value of `column` in the reader's language; empty for None and for empty text.

    Choices by their labels, numbers with separators, days and moments as the
    language writes them.
    """
    if value is None or value == "":
        return ""
    if column.choices:
        return str(dict(column.flatchoices).get(value, value))
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return f"{value:,}" if isinstance(value, Decimal) else str(formats.localize(value))
