"""Money as it is stored: whole hundredths, exact, within one range for every currency."""

from __future__ import annotations

import re
import unicodedata
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal

from projects.names.messages import gettext_noop, truncate_for_display

# 99,999,999,999,999.99. 923 of these fit into a 64-bit integer.
MAX_MINOR = 9_999_999_999_999_999

# Shifting the decimal point must not round, whatever the caller's context.
_EXACT = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)
_LARGEST = Decimal(MAX_MINOR).scaleb(-2, _EXACT)

_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]*)?")
# Groups of three with the same separator throughout, not starting with zero: “0,500”
# may mean a half, and “1,23,456” follows the Indian custom.
_GROUPED = re.compile(r"[1-9][0-9]{0,2}([, ’'])[0-9]{3}(?:\1[0-9]{3})*(?:\.[0-9]*)?")

# Only the width of characters is normalised. Full NFKC would also turn “10²” and the
# footnote mark in “10①” into other numbers.
_ONLY_WIDTH = ("<wide>", "<narrow>", "<noBreak>")


# One message for each error, for numbers and texts alike.
NOT_A_NUMBER = gettext_noop("“%(value)s” is not a number: write it like 1000000.00.")
BELOW_ZERO = gettext_noop("“%(value)s” is below zero: an amount cannot be negative.")
TOO_LARGE = gettext_noop("“%(value)s” is too large: an amount is at most 99,999,999,999,999.99.")
TOO_MANY_DECIMALS = gettext_noop(
    "“%(value)s” has more than two decimals: give at most two; nothing is rounded."
)


class MoneyError(ValueError):
    """An amount that cannot be accepted.

    `message` is an English sentence with named placeholders, and its own
    translation key; `params` are their values, that of `value` shortened for display;
    `str()` is the English text.
    """

    def __init__(self, message: str, value: object = "", **params: str) -> None:
        self.message = message
        self.params = {"value": truncate_for_display(value), **params}
        super().__init__(message % self.params)


def in_common_width(text: str) -> str:
    """`text` with full-width characters as ordinary ones and white space as single spaces."""
    if text.isascii():
        return " ".join(text.split())
    folded = "".join(
        unicodedata.normalize("NFKC", c)
        if unicodedata.decomposition(c).startswith(_ONLY_WIDTH)
        else c
        for c in text
    )
    return " ".join(folded.split())


def read_digits(digits: str) -> Decimal | None:
    """The value of plain or grouped digits; None if they are ambiguous.

    A point separates decimals and appears at most once; commas, spaces and
    apostrophes group by three. `1,5`, `1.234,50`, `1.234.567` and `1,23,456` are None.
    """
    if _PLAIN.fullmatch(digits):
        return Decimal(digits)
    if _GROUPED.fullmatch(digits):
        return Decimal(re.sub(r"[, ’']", "", digits))
    return None


def to_minor(value: Decimal | int | str, *, negative: bool = False) -> int:
    """Convert an amount to hundredths, exactly.

    Raises MoneyError if the value is not a finite number, is out of range, has
    more than two decimals, or is negative without `negative`. Nothing is rounded.

    The Decimal 1.500 is accepted as 1.50. The text “1.500” is refused, because half
    of Europe writes fifteen hundred that way. Floats are refused, as they cannot
    represent most decimals.
    """
    number = value if isinstance(value, Decimal) else _number(value)
    # str() refuses integers with too many digits, but not Decimals.
    given = value if isinstance(value, str) else number
    if not number.is_finite():
        raise MoneyError(NOT_A_NUMBER, given)
    if number < 0 and not negative:
        raise MoneyError(BELOW_ZERO, given)
    # Checked before shifting the point: 1e400 would become an integer of 403 digits.
    if number.copy_abs() > _LARGEST:
        raise MoneyError(TOO_LARGE, given)
    minor = number.scaleb(2, _EXACT)
    if minor != minor.to_integral_value():
        raise MoneyError(TOO_MANY_DECIMALS, given)
    return int(minor)


def _number(value: object) -> Decimal:
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if not isinstance(value, str):
        raise MoneyError(NOT_A_NUMBER, value)
    # 60 characters are enough for the largest amount in any grouping.
    text = in_common_width(value) if len(value) <= 60 else ""
    sign, digits = (text[0], text[1:]) if text[:1] in ("-", "+", "−") else ("", text)
    if not re.match(r"[0-9]", digits):
        raise MoneyError(NOT_A_NUMBER, value)
    number = read_digits(digits)
    if number is None:
        raise MoneyError(NOT_A_NUMBER, value)
    if len(digits.partition(".")[2]) > 2:
        raise MoneyError(TOO_MANY_DECIMALS, value)
    return number if sign in ("", "+") else number.copy_negate()


def from_minor(minor: int) -> Decimal:
    """Convert hundredths to a Decimal with exactly two decimals; works for sums of any size."""
    return Decimal(minor).scaleb(-2, _EXACT)
