"""Form fields of filter sets: codes, vocabularies, dates, periods, amounts.

Each cleans the list of values of one parameter. Empty values are ignored, because a form
without JavaScript submits its empty fields. An error names the value and what is valid.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from projects import money
from projects.models import base_currency
from projects.models.fields import CODE_PATTERN
from projects.models.text_validation import check_text
from projects.names.messages import truncate_for_display

NOT_STATED = "none"
# More than anybody needs, and far fewer than a database allows in one query.
MAX_VALUES = 200
# Datetimes outside these years overflow when converted between time zones.
FIRST_YEAR, LAST_YEAR = 1000, 9000


class RepeatedParameter(forms.TextInput):
    """Reads all values of a parameter."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        values = data.getlist(name) if hasattr(data, "getlist") else [data.get(name) or ""]
        return [value.strip() for value in values if value.strip()]

    def format_value(self, value: Any) -> str:
        return " ".join(value) if isinstance(value, (list, tuple)) else value or ""


class SingleValueField(forms.Field):
    """A field with one value; several are an error, so that none is ignored."""

    widget = RepeatedParameter

    def clean(self, values: list[str]) -> Any:
        values = values or []
        if len(values) > 1:
            raise ValidationError(
                _("Give this parameter once: it has %(count)s values."),
                "repeated",
                {"count": len(values)},
            )
        return self.read(values[0]) if values else None

    def read(self, value: str) -> Any:
        return value


class RefusedField(SingleValueField):
    """A parameter that other addresses have, with a message that says what to do here."""

    def __init__(self, message: Any, **kwargs: Any) -> None:
        self.message = message
        super().__init__(**kwargs)

    def read(self, value: str) -> None:
        raise ValidationError(self.message, "refused")


@dataclass(frozen=True)
class Selection:
    """The selected values of a parameter, and whether "not stated" is among them."""

    things: list[Any] = field(default_factory=list)
    not_stated: bool = False


class MultipleValuesField(forms.Field):
    """A field whose values are alternatives ("or"); cleans to a Selection, or None."""

    widget = RepeatedParameter

    def clean(self, values: list[str]) -> Selection | None:
        if not values:
            return None
        if len(values) > MAX_VALUES:
            raise ValidationError(
                _("Give at most %(most)s values: these are %(count)s."),
                "too_many",
                {"most": MAX_VALUES, "count": len(values)},
            )
        given = list(dict.fromkeys(values))
        rest = [value for value in given if value != NOT_STATED]
        return Selection(self.read_all(rest), not_stated=len(rest) < len(given))

    def read_all(self, values: list[str]) -> list[Any]:
        raise NotImplementedError


class CodesField(MultipleValuesField):
    """Codes of records that the user may see. One query, and one more for former codes."""

    def __init__(self, *, records: Callable[[], Any], **kwargs: Any) -> None:
        self.records = records
        super().__init__(**kwargs)

    def read_all(self, values: list[str]) -> list[Any]:
        possible = [v for v in values if re.fullmatch(CODE_PATTERN, v, re.ASCII) and len(v) <= 64]
        found = self.records().by_codes(possible) if possible else {}
        unknown = [value for value in values if value not in found]
        if unknown:
            raise ValidationError(
                _("There is no record with the code “%(value)s”."),
                "unknown",
                {"value": "”, “".join(truncate_for_display(value) for value in unknown[:5])},
            )
        # Several codes may mean the same record, as after a merge.
        return list(dict.fromkeys(found[value] for value in values))


class VocabularyField(MultipleValuesField):
    """Values of a fixed vocabulary, such as stages or currencies."""

    def __init__(self, *, known: Callable[[str], bool], hint: Any, **kwargs: Any) -> None:
        self.known = known
        self.hint = hint
        super().__init__(**kwargs)

    def read_all(self, values: list[str]) -> list[Any]:
        for value in values:
            if not self.known(value):
                raise ValidationError(
                    _("“%(value)s” is not valid here: give %(hint)s."),
                    "unknown",
                    {"value": truncate_for_display(value), "hint": self.hint},
                )
        return values


class ChoiceField(SingleValueField):
    """One of a few values, which the error lists."""

    def __init__(self, *, choices: Iterable[str], **kwargs: Any) -> None:
        self.values = list(choices)
        super().__init__(**kwargs)

    def read(self, value: str) -> str:
        if value not in self.values:
            raise ValidationError(
                _("“%(value)s” is not valid here: give one of %(choices)s."),
                "unknown",
                {"value": truncate_for_display(value), "choices": ", ".join(self.values) or "–"},
            )
        return value


class BooleanField(SingleValueField):
    def read(self, value: str) -> bool:
        if value not in ("true", "false"):
            raise ValidationError(
                _("“%(value)s” is neither “true” nor “false”."),
                "unknown",
                {"value": truncate_for_display(value)},
            )
        return value == "true"


class AmountField(SingleValueField):
    """An amount in the base currency, also as `1亿`, `5000万` or `1.5bn`."""

    def read(self, value: str) -> Decimal:
        try:
            return money.read_bound(value, currency=base_currency())
        except money.MoneyError as error:
            raise ValidationError(gettext(error.message), "money", error.params) from error


def parse_iso_date(value: str) -> date | None:
    """The date of an ISO text (`2023-11-11`), or None."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        return None
    try:
        return parse_date(value)
    except ValueError:
        return None


class DateField(SingleValueField):
    def read(self, value: str) -> date:
        day = parse_iso_date(value)
        if day is None:
            raise ValidationError(
                _("“%(value)s” is not a date: write 2023-11-11."),
                "date",
                {"value": truncate_for_display(value)},
            )
        return day


class DateOrDateTimeField(SingleValueField):
    """A date or datetime, inclusive: with `end`, a date means its last microsecond."""

    def __init__(self, *, end: bool = False, **kwargs: Any) -> None:
        self.end = end
        super().__init__(**kwargs)

    def read(self, value: str) -> datetime:
        parsed_at = self._datetime(value)
        if parsed_at is None or not FIRST_YEAR <= parsed_at.year <= LAST_YEAR:
            raise ValidationError(
                _("“%(value)s” is not a date or time: write 2023-11-11 or 2023-11-11T08:00:00Z."),
                "moment",
                {"value": truncate_for_display(value)},
            )
        return parsed_at

    def _datetime(self, value: str) -> datetime | None:
        day = parse_iso_date(value)
        if day is not None:
            parsed_at = datetime.combine(day, time.max if self.end else time.min)
        else:
            try:
                # In a query string the plus of “+08:00” arrives as a space.
                parsed = parse_datetime(re.sub(r" (?=\d{2}:?\d{2}$)", "+", value))
            except ValueError:
                return None
            if parsed is None:
                return None
            parsed_at = parsed
        return parsed_at if timezone.is_aware(parsed_at) else timezone.make_aware(parsed_at)


@dataclass(frozen=True)
class Period:
    """A year or a month, as its first and last day."""

    first: date
    last: date


class YearsField(MultipleValuesField):
    def read_all(self, values: list[str]) -> list[Period]:
        return [self._period(value) for value in values]

    def _period(self, value: str) -> Period:
        if not re.fullmatch(r"(?!0000)\d{4}", value, re.ASCII):
            raise ValidationError(
                _("“%(value)s” is not a year: write 2023."),
                "year",
                {"value": truncate_for_display(value)},
            )
        return Period(date(int(value), 1, 1), date(int(value), 12, 31))


class MonthsField(MultipleValuesField):
    def read_all(self, values: list[str]) -> list[Period]:
        return [self._period(value) for value in values]

    def _period(self, value: str) -> Period:
        if not re.fullmatch(r"(?!0000)\d{4}-(0[1-9]|1[0-2])", value, re.ASCII):
            raise ValidationError(
                _("“%(value)s” is not a month: write 2023-11."),
                "month",
                {"value": truncate_for_display(value)},
            )
        year, month = map(int, value.split("-"))
        following = date(year + month // 12, month % 12 + 1, 1) if value != "9999-12" else date.max
        last = following if following == date.max else following - timedelta(days=1)
        return Period(date(year, month, 1), last)


class SearchField(SingleValueField):
    MAX_LENGTH = 200

    def read(self, value: str) -> str:
        if len(value) > self.MAX_LENGTH:
            raise ValidationError(
                _("The search is %(length)s characters long: give at most %(most)s."),
                "too_long",
                {"length": len(value), "most": self.MAX_LENGTH},
            )
        # Zero-width characters are allowed: they match like any other.
        check_text(value, gettext("search"), lines=True, hidden=True)
        return value
