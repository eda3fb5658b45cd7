"""Model fields for codes, places, money and rates, and sums of money."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Cast
from django.utils.deconstruct import deconstructible
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from projects import money
from projects.names import places
from projects.names.messages import truncate_for_display

from .text_validation import check_text

RESERVED_CODES = frozenset({"none", "bulk"})
# The first letter or digit cannot match in two ways, so that matching never backtracks and takes
# linear time.
CODE_PATTERN = r"[._-]*[A-Za-z0-9][A-Za-z0-9._-]*"


@deconstructible
class CodeValidator(RegexValidator):
    """Letters, digits, `-`, `_` and `.`, with one letter or digit (`..` would break an address).

    `none` means "not stated" in filters and `bulk` is an address of the API: neither can
    be a code, in upper or lower case.
    """

    regex = rf"^{CODE_PATTERN}\Z"
    flags = re.ASCII
    message = _(
        "“%(value)s” is not a code: use letters, digits, “-”, “_” and “.”, with at least one "
        "letter or digit."
    )

    def __call__(self, value: Any) -> None:
        # Its message names invisible characters; the one about codes could not show them.
        check_text(str(value), gettext("code"))
        super().__call__(value)
        if str(value).lower() in RESERVED_CODES:
            raise ValidationError(
                _("“%(value)s” is a reserved word: choose another code."),
                code="reserved",
                params={"value": value},
            )


class CodeField(models.CharField):
    """The code by which addresses, files and programs refer to a record. Case is kept."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("verbose_name", _("code"))
        kwargs.setdefault("max_length", 64)
        super().__init__(*args, **kwargs)

    default_validators = [CodeValidator()]


def validate_place(value: str) -> None:
    if not places.is_place(value):
        raise ValidationError(
            _(
                "“%(value)s” is not a place in ISO 3166: give a province such as CN-ZJ or a "
                "country such as KZ."
            ),
            "origin",
            {"value": value},
        )


class PlaceField(models.CharField):
    """A province of China or a country, by its code in ISO 3166; empty if it is not stated."""

    default_validators = [validate_place]

    @staticmethod
    def name_of(code: str) -> str:
        """The name of a place in the reader's language."""
        return places.place_name(code, get_language() or "en")


class MoneyField(models.Field):
    """An amount: a Decimal with two places, stored as whole hundredths in 64 bits.

    NULL means undisclosed (in a derived table, not converted); zero is an amount. A
    decimal column would not do, as SQLite keeps only 15 digits of it. With
    `negative=True` amounts below zero are allowed (money returned). Raises
    ValidationError in forms and ValueError in queries for more than two decimals and
    values out of range; nothing is rounded.
    """

    description = _("An exact amount of money")
    empty_strings_allowed = False

    def __init__(self, *args: Any, negative: bool = False, **kwargs: Any) -> None:
        self.negative = negative
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        if self.negative:
            kwargs["negative"] = True
        return name, path, args, kwargs

    def get_internal_type(self) -> str:
        return "BigIntegerField"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Decimal | None:
        # PostgreSQL's sum of bigint is numeric, hence int().
        return None if value is None else money.from_minor(int(value))

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or value == "":
            return None
        try:
            return money.from_minor(money.to_minor(value, negative=self.negative))
        except money.MoneyError as error:
            raise ValidationError(gettext(error.message), "money", error.params) from error

    def get_prep_value(self, value: Any) -> int | None:
        value = super().get_prep_value(value)
        # Comparisons may be with either sign; stored values have been validated.
        return None if value is None else money.to_minor(value, negative=True)

    def value_to_string(self, obj: models.Model) -> str:
        value = self.value_from_object(obj)
        return "" if value is None else str(value)


class RateField(models.CharField):
    """A positive exact decimal, stored as text: SQLite would not keep all digits of it."""

    description = _("An exact positive number")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 40)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Decimal | None:
        return Decimal(value) if value else None

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or value == "":
            return None
        text = str(value).strip()
        try:
            number = Decimal(text)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or number <= 0 or "_" in text:
            raise ValidationError(
                _("“%(value)s” is not a rate: give a number above 0, such as 7.2018."),
                "rate",
                {"value": truncate_for_display(text)},
            )
        if abs(number.adjusted()) > 30 or len(format(number, "f")) > 30:
            raise ValidationError(
                _("“%(value)s” has too many digits for a rate: give at most 28."),
                "rate",
                {"value": truncate_for_display(text)},
            )
        return number

    def get_prep_value(self, value: Any) -> str | None:
        value = self.to_python(value)
        return None if value is None else format(value, "f")

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        # CharField would compare the Decimal with its empty values.
        models.Field.validate(self, value, model_instance)

    def run_validators(self, value: Any) -> None:
        """Nothing: `to_python` has checked the number and its length."""


def user_field(verbose_name: Any, **options: Any) -> models.ForeignKey:
    """A reference to a user: None for commands, and once the user is deleted."""
    options = {"null": True, "related_name": "+", **options}
    user_model = settings.AUTH_USER_MODEL
    return models.ForeignKey(user_model, models.SET_NULL, verbose_name=verbose_name, **options)


SPLIT = 100_000_000


class SumField(models.Field):
    """The result of an `ExactSum`. A text for backends, so that none converts it to float."""

    def get_internal_type(self) -> str:
        return "TextField"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Decimal | None:
        if value is None:
            return None
        high, low = map(int, value.split())
        return money.from_minor(high * SPLIT + low)


class ExactSum(models.Func):
    """The sum of a MoneyField, exact beyond 64 bits; None where nothing was summed.

    SQLite's SUM stops with an error beyond 64 bits, which 923 times the largest
    amount reaches, so the hundreds of millions and the rest are summed apart and
    put together in Python. Takes `filter` like any aggregate. The result is a
    Decimal with two places.
    """

    template = "(%(expressions)s)"
    arg_joiner = " || ' ' || "

    def __init__(self, amount: str, *, filter: Any = None) -> None:
        hundredths = Cast(amount, models.BigIntegerField())
        super().__init__(
            models.Sum(hundredths / SPLIT, filter=filter),
            models.Sum(hundredths % SPLIT, filter=filter),
            output_field=SumField(),
        )


def sum_to_order_by(column: str) -> models.Sum:
    """The sum of a MoneyField by which databases can put records in order.

    An `ExactSum` is no number to SQLite. This one is exact as well up to some 90
    million millions in whole units (53 bits of hundredths); above it says only
    which of two sums is larger where they differ by more than rounding does.
    """
    return models.Sum(Cast(column, models.FloatField()))
