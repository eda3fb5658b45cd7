"""The values of fields in words for people: on pages, in history, reviews, imports and the admin.

Files and the API have formats of their own; see `projects.serializers`.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext

from .fields import MoneyField, PlaceField


def display(field: Any, value: Any) -> str:
    """A value of a model field in the reader's language; empty for None and for empty text.

    Choices by their labels, places by their names, an amount of None as undisclosed,
    everything else as `display_value` has it.
    """
    if value is None and isinstance(field, MoneyField):
        return gettext("undisclosed")
    if value is None or value == "":
        return ""
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return field.name_of(value) if isinstance(field, PlaceField) else display_value(value)


def display_field(record: Any, name: str) -> str:
    """The value of a field of `record`. A query for a related record that has not been read."""
    return display(record._meta.get_field(name), getattr(record, name))


def display_value(value: Any) -> str:
    """A value by its type: numbers with separators, days and moments as in ISO 8601.

    Moments are in the site's time zone, to the second.
    """
    match value:
        case bool():
            return gettext("yes") if value else gettext("no")
        case int() | Decimal():
            return f"{value:,}"
        case datetime():
            return f"{timezone.localtime(value):%Y-%m-%d %H:%M:%S}"
        case date():
            return value.isoformat()
    return str(value)
