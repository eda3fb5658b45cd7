"""Parse an amount as people write it, in Chinese or English.

The text is split into tokens of known kinds. Their order must be that of an
amount; then number, currency and qualifier are read from their tokens. Text that
is left over, repeated or ambiguous is refused: a misread amount is off by a
factor of ten or ten thousand, and nobody would notice it in a total.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from projects.names.messages import gettext_noop

from .currency_codes import is_currency
from .hundredths import (
    BELOW_ZERO,
    MAX_MINOR,
    TOO_LARGE,
    TOO_MANY_DECIMALS,
    MoneyError,
    from_minor,
    in_common_width,
    read_digits,
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

_UNREADABLE = gettext_noop(
    "“%(value)s” cannot be read as an amount: write it like 1000000.00, 17.6亿元, 5000万元 or "
    "1 billion yuan."
)
_TWO_CURRENCIES = gettext_noop("“%(value)s” names more than one currency: give one.")
# No amount needs more. The limit bounds the work of parsing.
LONGEST_TEXT = 200


@dataclass(frozen=True)
class Amount:
    """A parsed amount.

    `value` is in units of the currency with two decimals; None means undisclosed.
    `currency` (ISO 4217) and `qualifier` are None if the text does not state
    them. `text` is the input, unchanged.
    """

    value: Decimal | None
    currency: str | None
    qualifier: Qualifier | None
    text: str


def read_amount(text: str, *, unit: int | Decimal = 1, negative: bool = False) -> Amount:
    """Parse `17.6亿元`, `more than 1 billion yuan`, `约3.2亿美元`, `US$2.4bn`, `未披露`.

    `unit` multiplies a plain number, as under a heading such as 投资额（万元）; a text
    with its own scale or unit (`1.2亿元`, `5000元`) ignores it. A minus sign is
    accepted only with `negative`. Raises MoneyError, and nothing else, if the text
    is empty (which does not mean undisclosed), ambiguous, negative, out of range,
    has more than two decimals, or is not an amount. Runs in linear time.
    """
    if len(text) > LONGEST_TEXT:
        raise MoneyError(
            gettext_noop("“%(value)s” is too long for an amount: give at most 200 characters."),
            text,
        )
    folded = in_common_width(text).translate(SIMPLIFIED).rstrip(".。")
    if not folded:
        raise MoneyError(
            gettext_noop("The amount is empty: give a number, or “undisclosed” if it is not known.")
        )
    if folded.lower() in UNDISCLOSED:
        return Amount(None, None, None, text)
    minus = folded[0] in "-−"
    words = _tokenize(folded[1:] if minus else folded, text)
    value = _value(words, unit, text)
    if minus and value and not negative:
        raise MoneyError(BELOW_ZERO, text)
    return Amount(
        value=from_minor(-value if minus else value),
        currency=_currency(words, text),
        qualifier=_qualifier(words, text),
        text=text,
    )


def read_bound(text: str, *, currency: str) -> Decimal:
    """Parse a limit such as `5000万` or `1.5bn`, in units of `currency`.

    Raises MoneyError unless the text is a single amount in that currency. A limit
    has no qualifier and is never undisclosed.
    """
    read = read_amount(text)
    if read.value is None or read.qualifier not in (None, Qualifier.EXACT):
        raise MoneyError(
            gettext_noop(
                "“%(value)s” is not a single amount: give a limit such as 5000万 or 1.5bn."
            ),
            text,
        )
    if read.currency not in (None, currency):
        raise MoneyError(
            gettext_noop("“%(value)s” is not in %(currency)s: give the limit in %(currency)s."),
            text,
            currency=currency,
        )
    return read.value


# --- Tokens -------------------------------------------------------------------

_NUMBER = "N"
_ANY_QUALIFIER = "BAE"


@dataclass(frozen=True)
class _Word:
    """A token: its kind (see `vocabulary`), its text and its meaning.

    Numbers and scales have a `number`, currencies and qualifiers a `meaning`.
    """

    kind: str
    written: str
    number: Fraction = Fraction(1)
    meaning: str = ""

    @property
    def is_chinese(self) -> bool:
        return "一" <= self.written[0] <= "鿿"


def _alternatives() -> str:
    """A pattern of all known words, the longest first so that 万亿 is not read as 万."""
    return "|".join(
        # A word in Latin letters must not be followed by another letter.
        re.escape(word) + ("(?![a-z])" if word[-1].isascii() and word[-1].isalpha() else "")
        for word in sorted(WORDS, key=len, reverse=True)
    )


# Each alternative consumes at least one character and matches in one way only, so
# that tokenizing is linear.
_TOKEN = re.compile(
    r"(?P<space> )"
    r"|(?P<digits>[0-9]+(?:[., '’][0-9]+)*)"
    rf"|(?P<word>(?i:{_alternatives()}))"
    rf"|(?P<numeral>[{''.join(NUMERALS)}{''.join(NUMERAL_SCALES)}]+)"
    # In capitals only: “all” and “try” are words as well as currencies.
    r"|(?P<code>[A-Z]{3})(?![A-Za-z])",
    re.ASCII,
)

# Qualifiers and currency around one number. A qualifier may separate the number from
# its scale (100余万元). In Chinese, further numbers with their scales may follow.
_SHAPE = re.compile(r"[BEC]*NA?U?(?:NU?)*[AEC]*")


def _tokenize(folded: str, text: str) -> list[_Word]:
    """Split a text into tokens. Raises MoneyError unless their order is that of an amount."""
    words = []
    position = 0
    while position < len(folded):
        found = _TOKEN.match(folded, position)
        if found is None:
            raise MoneyError(_UNREADABLE, text)
        if not found["space"]:
            words.append(_word(found, text))
        position = found.end()
    kinds = "".join(word.kind for word in words)
    if kinds.count(_NUMBER) > 1 and (
        RANGE in kinds or re.search(f"N.*[{_ANY_QUALIFIER}C].*N", kinds)
    ):
        raise MoneyError(
            gettext_noop("“%(value)s” has more than one number: give one amount."),
            text,
        )
    if not _SHAPE.fullmatch(kinds):
        raise MoneyError(_UNREADABLE, text)
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
                text,
            )
        return _Word(_NUMBER, written, Fraction(number))
    if found["numeral"]:
        return _Word(_NUMBER, written, Fraction(_numeral(written, text)))
    if found["code"]:
        if not is_currency(written):
            raise MoneyError(_UNREADABLE, text)
        return _Word(CURRENCY, written, meaning=written)
    kind, meaning = WORDS[written.lower()]
    if isinstance(meaning, int):
        return _Word(kind, written, Fraction(meaning))
    return _Word(kind, written, meaning=meaning)


def _numeral(written: str, text: str) -> int:
    """The value of a Chinese numeral below ten thousand: 五千, 三百零二, 十五.

    五百二 is refused: spoken it means 520, but written it may be a 502 without its 零.
    """
    total, digit, scale_before, after_zero = 0, None, 10_000, False
    for place, character in enumerate(written):
        if character in NUMERAL_SCALES:
            scale = NUMERAL_SCALES[character]
            if digit is None and scale == 10 and place == 0:
                digit = 1
            if not digit or scale >= scale_before:
                raise MoneyError(_UNREADABLE, text)
            total, digit, scale_before, after_zero = total + digit * scale, None, scale, False
        elif digit is not None or (after_zero and character == "零"):
            raise MoneyError(_UNREADABLE, text)
        elif character == "零" and len(written) > 1:
            after_zero = True
        else:
            digit = NUMERALS[character]
    if digit is None:
        if after_zero:
            raise MoneyError(_UNREADABLE, text)
        return total
    if scale_before in (100, 1000) and not after_zero:
        raise MoneyError(_UNREADABLE, text)
    return total + digit


# --- Meaning ------------------------------------------------------------------

# Scales that may follow a scale: 1亿2000万, 5万3000. 千 after 亿 is not allowed, as
# 1亿2千 may mean 120,000,000 (spoken) or 100,002,000 (written).
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
        # Zeros count as well, as in `to_minor`: 1.500 may mean fifteen hundred.
        raise MoneyError(TOO_MANY_DECIMALS, text)
    minor = sum((word.number * scale for word, scale in groups), Fraction(0)) * multiplier * 100
    if minor > MAX_MINOR:
        raise MoneyError(TOO_LARGE, text)
    if minor.denominator != 1:
        raise MoneyError(TOO_MANY_DECIMALS, text)
    return int(minor)


def _multiplier(words: list[_Word], unit: int | Decimal, text: str) -> Fraction:
    """The factor from the heading's unit: 1 if the text has its own scale or unit.

    5000元 states its unit. CNY 5000 below a heading in 万元 states only the
    currency, and reading it wrongly would be off by ten thousand: refused.
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
            "“%(value)s” may or may not be in the unit of its column: give the number alone, or "
            "with its unit, such as 5000万元."
        ),
        text,
    )


def _groups(words: list[_Word], text: str) -> list[tuple[_Word, int]]:
    """Numbers with their scales: one, or in Chinese several with descending scales."""
    groups: list[tuple[_Word, int]] = []
    for word in words:
        if word.kind == _NUMBER:
            groups.append((word, 1))
        elif word.kind == SCALE:
            groups[-1] = (groups[-1][0], int(word.number))
            if len(groups) > 1 and not word.is_chinese:
                raise MoneyError(_UNREADABLE, text)
    for (number, scale), (following, its_scale) in pairwise(groups):
        if not (
            its_scale in _FOLLOWING.get(scale, ())
            and number.number.denominator == 1
            and following.number * its_scale < scale
            # 2万5 may mean 25,000 (spoken) or 20,005 (written); 2万5000 is unambiguous.
            and (its_scale > 1 or _fills_four_places(following))
        ):
            raise MoneyError(_UNREADABLE, text)
    return groups


def _fills_four_places(word: _Word) -> bool:
    if word.is_chinese:
        return word.written[0] == "零" or word.number >= 1000
    return len(word.written.partition(".")[0]) == 4


def _currency(words: list[_Word], text: str) -> str | None:
    """The currency named by the tokens; None if there is none. Raises MoneyError for two."""
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
                    text,
                )
            return "CNY"
        if not named <= {"CNY", "JPY"}:
            raise MoneyError(_TWO_CURRENCIES, text)
    if len(named) > 1:
        raise MoneyError(_TWO_CURRENCIES, text)
    if UNIT_OF_CURRENCY in written:
        before = {word.meaning for word in words[:number] if word.kind == CURRENCY}
        if named - {"CNY"} and not named <= before:
            raise MoneyError(_TWO_CURRENCIES, text)
        return next(iter(named), "CNY")
    return next(iter(named), None)


def _qualifier(words: list[_Word], text: str) -> Qualifier | None:
    """The qualifier given by the tokens; None if there is none. Raises MoneyError for two."""
    given = {word.meaning for word in words if word.kind in _ANY_QUALIFIER}
    if len(given) > 1:
        raise MoneyError(
            gettext_noop(
                "“%(value)s” has two qualifiers: use one of exactly, at least, about and at most."
            ),
            text,
        )
    return Qualifier(given.pop()) if given else None
