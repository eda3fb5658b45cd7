"""Labels of the fields of serializers, in the reader's language."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

# Fields that are not columns of the model.
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


def field_labels(serializer_class: Any) -> dict[str, str]:
    """The labels of all fields, in the serializer's order."""
    model = serializer_class.Meta.model
    return {name: field_label(model, name) for name in serializer_class.Meta.fields}


def field_label(model: Any, name: str) -> str:
    """The label of one field."""
    try:
        return capfirst(str(model._meta.get_field(name).verbose_name))
    except FieldDoesNotExist:
        return str(_DERIVED[name])
