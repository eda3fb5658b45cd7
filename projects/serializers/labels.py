"""What each field of a record is called in words: files say it beside their headings."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

# Those of no column of their own: derived, or of the record as a whole.
_DERIVED: dict[str, Any] = {
    "amount_base": _("Amount in the base currency"),
    "base_currency": _("Base currency"),
    "contracted": _("Contracted funds, in the base currency"),
    "page": _("Page of the record"),
    "rate": _("Rate: units of the base currency for one unit of the original currency"),
    "rate_date": _("Date of the rate"),
    "rates": _("Published rates used for the conversion"),
    "received": _("Funds received, in the base currency"),
    "url": _("Page of the record"),
}


def in_words(serializer_class: Any) -> dict[str, str]:
    """The name of each field in the reader's language, in the serializer's order."""
    model = serializer_class.Meta.model
    return {name: field_in_words(model, name) for name in serializer_class.Meta.fields}


def field_in_words(model: Any, name: str) -> str:
    """The name of one field of a record in the reader's language."""
    try:
        return capfirst(str(model._meta.get_field(name).verbose_name))
    except FieldDoesNotExist:
        return str(_DERIVED[name])
