"""Money as it is stored: whole hundredths, exact, within one range for every currency."""

from __future__ import annotations

import re
import unicodedata
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal

from projects.names.messages import gettext_noop, shown

# 99,999,999,999,999.99. A 64-bit integer holds 923 times as much.
MAX_MINOR = 9_999_999_999_999_999

# Moving the point must not round, whatever precision the caller's context has.
_EXACT = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)
_LARGEST = Decimal(MAX_MINOR).scaleb(-2, _EXACT)

_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]*)?")
# Groups of three, parted alike throughout and not begun by a zero: “0,500” is
# somebody's half and “1,23,456” somebody else's custom.
_GROUPED = re.compile(r"[1-9][0-9]{0,2}([, ’'])[0-9]{3}(?:\1[0-9]{3})*(?:\.[0-9]*)?")

# Width is how a character is drawn, not what it says. NFKC as a whole would
# also turn “10²” and the footnote in “10①” into other numbers.
_ONLY_WIDTH = ("<wide>", "<narrow>", "<noBreak>")


class MoneyError(ValueError):
    """What is wrong with an amount, and what would be right.

    `message` is an English sentence with named placeholders, which is the key
    of its translation; `params` fill them; `str()` is both put together.
    """

    def __init__(self, message: str, **params: str) -> None:
        self.message = message
        self.params = params
        super().__init__(message % params)


def in_common_width(text: str) -> str:
    """`text` with full-width characters made ordinary, and white space made single spaces."""
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
    """The number that plain or grouped digits stand for, or None where they are ambiguous.

    A point is for decimals and appears once; commas, spaces and apostrophes
    group by three. `1,5`, `1.234,50`, `1.234.567` and `1,23,456` are None.
    """
    if _PLAIN.fullmatch(digits):
        return Decimal(digits)
    if _GROUPED.fullmatch(digits):
        return Decimal(re.sub(r"[, ’']", "", digits))
    return None


def to_minor(value: Decimal | int | str, *, negative: bool = False) -> int:
    """Return an amount in hundredths, exactly.

    Raises MoneyError for what is no finite number, is out of range, has more
    than two decimals, or is below zero without `negative`. Nothing is rounded.

    A Decimal is a value: 1.500 is 1.50. A text is a spelling: “1.500” is
    refused, because it has three decimals and because half of Europe writes
    fifteen hundred that way. A float is neither: 0.1 is not what anybody wrote.
    """
    number = value if isinstance(value, Decimal) else _number(value)
    # The digits of an integer can be too many for str(), which those of a Decimal never are.
    given = value if isinstance(value, str) else number
    if not number.is_finite():
        raise not_a_number(given)
    if number < 0 and not negative:
        raise below_zero(given)
    # Asked before the point is moved: 1e400 would become an integer of 403 digits.
    if number.copy_abs() > _LARGEST:
        raise too_large(given)
    minor = number.scaleb(2, _EXACT)
    if minor != minor.to_integral_value():
        raise too_many_decimals(given)
    return int(minor)


def _number(value: object) -> Decimal:
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if not isinstance(value, str):
        raise not_a_number(value)
    # Enough for the largest amount in any grouping, and a bound on the work.
    text = in_common_width(value) if len(value) <= 60 else ""
    sign, digits = (text[0], text[1:]) if text[:1] in ("-", "+", "−") else ("", text)
    if not re.match(r"[0-9]", digits):
        raise not_a_number(value)
    number = read_digits(digits)
    if number is None:
        raise not_a_number(value)
    if len(digits.partition(".")[2]) > 2:
        raise too_many_decimals(value)
    return number if sign in ("", "+") else number.copy_negate()


def from_minor(minor: int) -> Decimal:
    """Return hundredths as a Decimal with exactly two decimals, however large (a sum may be)."""
    return Decimal(minor).scaleb(-2, _EXACT)


# Each fault has one sentence, whether a number or a text had it.


def not_a_number(value: object) -> MoneyError:
    return MoneyError(
        gettext_noop("“%(value)s” is not a number: write it like 1000000.00."),
        value=shown(value),
    )


def below_zero(value: object) -> MoneyError:
    return MoneyError(
        gettext_noop("“%(value)s” is below zero: an amount is never negative."),
        value=shown(value),
    )


def too_large(value: object) -> MoneyError:
    return MoneyError(
        gettext_noop("“%(value)s” is too large: an amount is at most 99,999,999,999,999.99."),
        value=shown(value),
    )


def too_many_decimals(value: object) -> MoneyError:
    return MoneyError(
        gettext_noop(
            "“%(value)s” has more than two decimals: give it in whole hundredths; "
            "nothing is rounded."
        ),
        value=shown(value),
    )
