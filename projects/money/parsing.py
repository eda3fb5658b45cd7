"""Reading an amount from the words in which somebody wrote it.

The text is cut into words, each of a known kind; their order must be that of an
amount; then the number, the currency and the qualifier are each made of their
words. Whatever is left over, said twice or open to two readings is refused: an
amount read wrongly is off by ten or ten thousand, and nobody sees it in a total.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from projects.names.messages import gettext_noop, shown

from .currencies import is_currency
from .hundredths import (
    MAX_MINOR,
    MoneyError,
    below_zero,
    from_minor,
    in_common_width,
    read_digits,
    too_large,
    too_many_decimals,
)
from .qualifiers import Qualifier
from .vocabulary import (
    CURRENCY,
    NUMERAL_SCALES,
    NUMERALS,
    RANGE,
    SCALE,
    SIMPLIFIED,
    UNDISCLOSED,
    UNIT_OF_CURRENCY,
    WORDS,
    YUAN_OR_YEN,
)

# No amount takes more, and it bounds the work that a text can ask for.
LONGEST_TEXT = 200


@dataclass(frozen=True)
class Amount:
    """An amount as a text gives it.

    `value` (units of the currency, two decimals) None: undisclosed. `currency`
    (ISO 4217) and `qualifier` None: the text does not say. `text` is as given.
    """

    value: Decimal | None
    currency: str | None
    qualifier: Qualifier | None
    text: str


def read_amount(text: str, *, unit: int | Decimal = 1, negative: bool = False) -> Amount:
    """Read `17.6亿元`, `more than 1 billion yuan`, `约3.2亿美元`, `US$2.4bn`, `未披露`.

    `unit` multiplies a bare number, as a heading 投资额（万元） asks; a text with
    a scale or unit of its own (`1.2亿元`, `5000元`) keeps that. A minus is taken only with
    `negative`. Raises MoneyError, and nothing else, for an empty text (which is
    not the same as undisclosed) and for whatever is ambiguous, below zero, out
    of range, finer than two decimals or not an amount. Takes time in proportion
    to the length of the text.
    """
    if len(text) > LONGEST_TEXT:
        raise MoneyError(
            gettext_noop("“%(value)s” is too long for an amount: give at most 200 characters."),
            value=shown(text),
        )
    folded = in_common_width(text).translate(SIMPLIFIED).rstrip(".。")
    if not folded:
        raise MoneyError(
            gettext_noop("The amount is empty: give a number, or “undisclosed” if it is not known.")
        )
    if folded.lower() in UNDISCLOSED:
        return Amount(None, None, None, text)
    minus = folded[0] in "-−"
    words = _cut(folded[1:] if minus else folded, text)
    value = _value(words, unit, text)
    if minus and value and not negative:
        raise below_zero(text)
    return Amount(
        value=from_minor(-value if minus else value),
        currency=_currency(words, text),
        qualifier=_qualifier(words, text),
        text=text,
    )


def read_bound(text: str, *, currency: str) -> Decimal:
    """Read a limit such as `5000万` or `1.5bn`, in units of `currency`.

    Raises MoneyError for what is no single amount in that currency: a limit has
    no qualifier and is never undisclosed.
    """
    read = read_amount(text)
    if read.value is None or read.qualifier not in (None, Qualifier.EXACT):
        raise MoneyError(
            gettext_noop(
                "“%(value)s” is not a single amount: give a limit such as 5000万 or 1.5bn."
            ),
            value=shown(text),
        )
    if read.currency not in (None, currency):
        raise MoneyError(
            gettext_noop("“%(value)s” is not in %(currency)s: give the limit in %(currency)s."),
            value=shown(text),
            currency=currency,
        )
    return read.value


# Words

_NUMBER = "N"
_ANY_QUALIFIER = "BAE"


@dataclass(frozen=True)
class _Word:
    """A piece of a text: its kind (see vocabulary), as written, and what it means.

    Numbers and scales mean a number, currencies and qualifiers a word.
    """

    kind: str
    written: str
    number: Fraction = Fraction(1)
    meaning: str = ""

    @property
    def is_chinese(self) -> bool:
        return "一" <= self.written[0] <= "鿿"


def _alternatives() -> str:
    """All words as one pattern, the longest first, so that 万亿 is not read as 万."""
    return "|".join(
        # A word in Latin letters ends where the letters end.
        re.escape(word) + ("(?![a-z])" if word[-1].isascii() and word[-1].isalpha() else "")
        for word in sorted(WORDS, key=len, reverse=True)
    )


# Each alternative takes one character at least and can match in one way only, so
# that cutting is linear.
_TOKEN = re.compile(
    r"(?P<space> )"
    r"|(?P<digits>[0-9]+(?:[., '’][0-9]+)*)"
    rf"|(?P<word>(?i:{_alternatives()}))"
    rf"|(?P<numeral>[{''.join(NUMERALS)}{''.join(NUMERAL_SCALES)}]+)"
    # In capitals only: “all” and “try” are words as well as currencies.
    r"|(?P<code>[A-Z]{3})(?![A-Za-z])",
    re.ASCII,
)

# Qualifiers and currency around one number; its scale may stand apart from it by a
# qualifier (100余万元). Further numbers with their scales follow in Chinese.
_SHAPE = re.compile(r"[BEC]*NA?U?(?:NU?)*[AEC]*")


def _cut(folded: str, text: str) -> list[_Word]:
    """The words of a text. Raises MoneyError unless they stand as in an amount."""
    words = []
    position = 0
    while position < len(folded):
        found = _TOKEN.match(folded, position)
        if found is None:
            raise _unreadable(text)
        if not found["space"]:
            words.append(_word(found, text))
        position = found.end()
    kinds = "".join(word.kind for word in words)
    if kinds.count(_NUMBER) > 1 and (
        RANGE in kinds or re.search(f"N.*[{_ANY_QUALIFIER}C].*N", kinds)
    ):
        raise MoneyError(
            gettext_noop("“%(value)s” holds more than one number: give one amount."),
            value=shown(text),
        )
    if not _SHAPE.fullmatch(kinds):
        raise _unreadable(text)
    return words


def _word(found: re.Match[str], text: str) -> _Word:
    written = found[0]
    if found["digits"]:
        number = read_digits(written)
        if number is None:
            raise MoneyError(
                gettext_noop(
                    "“%(value)s” can be read in more than one way: use a point for decimals and "
                    "commas only between groups of three, like 1,234.50."
                ),
                value=shown(text),
            )
        return _Word(_NUMBER, written, Fraction(number))
    if found["numeral"]:
        return _Word(_NUMBER, written, Fraction(_numeral(written, text)))
    if found["code"]:
        if not is_currency(written):
            raise _unreadable(text)
        return _Word(CURRENCY, written, meaning=written)
    kind, meaning = WORDS[written.lower()]
    if isinstance(meaning, int):
        return _Word(kind, written, Fraction(meaning))
    return _Word(kind, written, meaning=meaning)


def _numeral(written: str, text: str) -> int:
    """A Chinese numeral below ten thousand: 五千, 三百零二, 十五.

    五百二 is refused: spoken, it is 520, but written it may lack its 零.
    """
    total, digit, scale_before, after_zero = 0, None, 10_000, False
    for place, character in enumerate(written):
        if character in NUMERAL_SCALES:
            scale = NUMERAL_SCALES[character]
            if digit is None and scale == 10 and place == 0:
                digit = 1
            if not digit or scale >= scale_before:
                raise _unreadable(text)
            total, digit, scale_before, after_zero = total + digit * scale, None, scale, False
        elif digit is not None or (after_zero and character == "零"):
            raise _unreadable(text)
        elif character == "零" and len(written) > 1:
            after_zero = True
        else:
            digit = NUMERALS[character]
    if digit is None:
        if after_zero:
            raise _unreadable(text)
        return total
    if scale_before in (100, 1000) and not after_zero:
        raise _unreadable(text)
    return total + digit


# Meaning

# What may follow a scale in one amount: 1亿2000万, 5万3000. After 亿 a 千 is left out,
# since 1亿2千 is said of 120,000,000 and written of 100,002,000.
_FOLLOWING = {
    10**12: {10**8, 10**10, 10**11},
    10**8: {10**4, 10**6, 10**7},
    10**4: {10**3, 1},
}


def _value(words: list[_Word], unit: int | Decimal, text: str) -> int:
    """The amount in hundredths."""
    groups = _groups(words, text)
    multiplier = _multiplier(words, unit, text)
    last, its_scale = groups[-1]
    if its_scale == multiplier == 1 and len(last.written.partition(".")[2]) > 2:
        # Even of zeros, as in `to_minor`: 1.500 is somebody's fifteen hundred.
        raise too_many_decimals(text)
    minor = sum((word.number * scale for word, scale in groups), Fraction(0)) * multiplier * 100
    if minor > MAX_MINOR:
        raise too_large(text)
    if minor.denominator != 1:
        raise too_many_decimals(text)
    return int(minor)


def _multiplier(words: list[_Word], unit: int | Decimal, text: str) -> Fraction:
    """What a heading's unit makes of the number: 1 where the text has a scale or unit of its own.

    5000元 names its unit. CNY 5000 below 万元 names only the currency, and may be
    meant either way: a slip of ten thousand, so it is refused.
    """
    kinds = "".join(word.kind for word in words)
    if unit == 1 or SCALE in kinds:
        return Fraction(1)
    if CURRENCY not in kinds:
        return Fraction(unit)
    after = words[kinds.index(_NUMBER) + 1 :]
    if any(word.kind == CURRENCY and word.is_chinese for word in after):
        return Fraction(1)
    raise MoneyError(
        gettext_noop(
            "“%(value)s” stands where amounts are in another unit: give the number alone, or "
            "with its unit, such as 5000万元."
        ),
        value=shown(text),
    )


def _groups(words: list[_Word], text: str) -> list[tuple[_Word, int]]:
    """Numbers with their scales: one, or several in the Chinese way with falling scales."""
    groups: list[tuple[_Word, int]] = []
    for word in words:
        if word.kind == _NUMBER:
            groups.append((word, 1))
        elif word.kind == SCALE:
            groups[-1] = (groups[-1][0], int(word.number))
            if len(groups) > 1 and not word.is_chinese:
                raise _unreadable(text)
    for (number, scale), (following, its_scale) in pairwise(groups):
        if not (
            its_scale in _FOLLOWING.get(scale, ())
            and number.number.denominator == 1
            and following.number * its_scale < scale
            # 2万5 is said of 25,000 and written of 20,005; 2万5000 leaves no doubt.
            and (its_scale > 1 or _fills_four_places(following))
        ):
            raise _unreadable(text)
    return groups


def _fills_four_places(word: _Word) -> bool:
    if word.is_chinese:
        return word.written[0] == "零" or word.number >= 1000
    return len(word.written.partition(".")[0]) == 4


def _currency(words: list[_Word], text: str) -> str | None:
    """The one currency that the words name; None if they name none."""
    number = next(i for i, word in enumerate(words) if word.kind == _NUMBER)
    named = {
        word.meaning
        for word in words
        if word.kind == CURRENCY and word.written not in (UNIT_OF_CURRENCY, YUAN_OR_YEN)
    }
    written = {word.written for word in words if word.kind == CURRENCY}
    if YUAN_OR_YEN in written:
        if not named:
            if not any(word.is_chinese for word in words):
                raise MoneyError(
                    gettext_noop(
                        "“%(value)s” may be in yuan or in yen: write CNY or JPY in place of ¥."
                    ),
                    value=shown(text),
                )
            return "CNY"
        if not named <= {"CNY", "JPY"}:
            raise _two_currencies(text)
    if len(named) > 1:
        raise _two_currencies(text)
    if UNIT_OF_CURRENCY in written:
        before = {word.meaning for word in words[:number] if word.kind == CURRENCY}
        if named - {"CNY"} and not named <= before:
            raise _two_currencies(text)
        return next(iter(named), "CNY")
    return next(iter(named), None)


def _qualifier(words: list[_Word], text: str) -> Qualifier | None:
    """The one qualifier that the words give; None if they give none."""
    given = {word.meaning for word in words if word.kind in _ANY_QUALIFIER}
    if len(given) > 1:
        raise MoneyError(
            gettext_noop(
                "“%(value)s” qualifies its amount in two ways: say exactly, at least, about or at "
                "most."
            ),
            value=shown(text),
        )
    return Qualifier(given.pop()) if given else None


def _unreadable(text: str) -> MoneyError:
    return MoneyError(
        gettext_noop(
            "“%(value)s” cannot be read as an amount: write it like 1000000.00, 17.6亿元, "
            "5000万元 or 1 billion yuan."
        ),
        value=shown(text),
    )


def _two_currencies(text: str) -> MoneyError:
    return MoneyError(
        gettext_noop("“%(value)s” names more than one currency: give one."), value=shown(text)
    )
