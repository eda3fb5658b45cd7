"""Amounts as people write them: one rule for forms, API and files."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from projects import money

from .project import Qualifier

_PLAIN = re.compile(r"-?[0-9]+(,[0-9]{3})*(\.[0-9]*)?\Z")


@dataclass(frozen=True)
class ParsedAmount:
    """An amount and its fields as they are stored. `amount` None: undisclosed."""

    amount: Decimal | None
    currency: str
    qualifier: str
    amount_text: str


def parse_amount(
    text: str,
    *,
    currency: str,
    qualifier: str,
    amount_text: str,
    sent: Collection[str] = (),
    negative: bool = False,
    unit: int = 1,
) -> ParsedAmount:
    """Parse `text`, given the other fields of the amount, current or sent with it.

    A plain number changes the amount alone. Words (`17.6亿元`, `more than 1 billion
    yuan`, `未披露`) contain a currency and a qualifier, and are kept as `amount_text`.
    Fields in `sent` must not contradict them, and an `amount_text` in `sent` is kept.
    `unit` multiplies numbers, for a column whose heading says 万元. An empty text is
    undisclosed. Raises ValidationError.
    """
    text = text.strip()
    if not text:
        return ParsedAmount(None, currency, qualifier, amount_text)
    try:
        if _PLAIN.match(text) and unit == 1:
            amount = money.to_minor(_without_commas(text), negative=negative)
            return ParsedAmount(money.from_minor(amount), currency, qualifier, amount_text)
        read = money.read_amount(text, unit=unit, negative=negative)
    except money.MoneyError as error:
        raise ValidationError(gettext(error.message), "money", error.params) from error
    qualifier_read = Qualifier(read.qualifier.value) if read.qualifier else None
    _check_currency(text, read.currency, currency if "currency" in sent else None)
    _check_qualifier(text, qualifier_read, qualifier if "qualifier" in sent else None)
    return ParsedAmount(
        read.value,
        read.currency or currency,
        qualifier if "qualifier" in sent else qualifier_read or Qualifier.EXACT,
        amount_text if "amount_text" in sent else text,
    )


def _check_currency(text: str, read: str | None, given: str | None) -> None:
    """Raise ValidationError if the currency in `text` is not the `given` one, if there is one."""
    if read and given is not None and read != given:
        raise ValidationError(
            _(
                "“%(text)s” is in %(read)s, but the currency given is %(currency)s: correct one of "
                "them."
            ),
            "currencies_differ",
            {"text": text, "read": read, "currency": given},
        )


def _check_qualifier(text: str, read: Qualifier | None, given: str | None) -> None:
    """Raise ValidationError if the qualifier in `text` is not the `given` one, if there is one."""
    if read and read != Qualifier.EXACT and given is not None and read != given:
        raise ValidationError(
            _(
                "“%(text)s” says “%(read)s”, but the qualifier given is “%(qualifier)s”: correct "
                "one of them."
            ),
            "qualifiers_differ",
            {"text": text, "read": read.label, "qualifier": Qualifier(given).label},
        )


def _without_commas(text: str) -> str:
    return text.replace(",", "")
