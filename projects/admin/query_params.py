"""What the scripts of forms ask while somebody types, as it stands in their addresses."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.http import QueryDict

from projects.models import Qualifier, base_currency
from projects.models.amount_parsing import ParsedAmount, parse_amount

from .forms import LONGEST_AMOUNT

# Of one record; beyond, somebody has written the address by hand.
MOST_KEYS = 50


def text_asked(asked: QueryDict, name: str, longest: int) -> str:
    # PostgreSQL takes no null character in a text.
    return asked.get(name, "")[:longest].replace("\x00", "")


def keys_asked(asked: QueryDict, name: str) -> list[int]:
    """The keys that are given; what no column holds is no record's."""
    found: Iterable[str] = asked.getlist(name)[:MOST_KEYS]
    return [int(one) for one in found if re.fullmatch("[0-9]{1,18}", one, re.ASCII)]


def key_asked(asked: QueryDict, name: str) -> int | None:
    return next(iter(keys_asked(asked, name)), None)


def amount_asked(asked: QueryDict, prefix: str = "") -> ParsedAmount:
    """How a text is read as an amount. Raises ValidationError.

    `sent` names which of the fields beside it were changed as well.
    """
    qualifier = asked.get(f"{prefix}qualifier", "")
    return parse_amount(
        text_asked(asked, f"{prefix}text", LONGEST_AMOUNT),
        currency=asked.get(f"{prefix}currency", base_currency()),
        qualifier=qualifier if qualifier in Qualifier.values else Qualifier.EXACT,
        amount_text="",
        sent=set(asked.getlist(f"{prefix}sent")),
        negative=bool(asked.get("negative")),
    )
