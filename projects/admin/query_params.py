"""What the scripts of the forms send: the values of fields while a user types."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.http import QueryDict

from projects.models import Qualifier, base_currency
from projects.models.amount_parsing import ParsedAmount, parse_amount

from .amount_fields import MAX_AMOUNT_LENGTH

# Of one record; more are in an address that was edited.
MAX_KEYS = 50


def read_text(params: QueryDict, name: str, max_length: int) -> str:
    # PostgreSQL refuses null characters in texts.
    return params.get(name, "")[:max_length].replace("\x00", "")


def read_keys(params: QueryDict, name: str) -> list[int]:
    """The primary keys given; what no column can hold is left out."""
    found: Iterable[str] = params.getlist(name)[:MAX_KEYS]
    return [int(one) for one in found if re.fullmatch("[0-9]{1,18}", one, re.ASCII)]


def read_key(params: QueryDict, name: str) -> int | None:
    return next(iter(read_keys(params, name)), None)


def read_amount(params: QueryDict, prefix: str = "") -> ParsedAmount:
    """How a text is read as an amount. Raises ValidationError.

    `sent` names the fields beside it that were changed as well.
    """
    qualifier = params.get(f"{prefix}qualifier", "")
    return parse_amount(
        read_text(params, f"{prefix}text", MAX_AMOUNT_LENGTH),
        currency=params.get(f"{prefix}currency", base_currency()),
        qualifier=qualifier if qualifier in Qualifier.values else Qualifier.EXACT,
        amount_text="",
        sent=set(params.getlist(f"{prefix}sent")),
        negative=bool(params.get("negative")),
    )
