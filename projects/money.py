"""What an amount of money is: how it is read, rounded, converted, split and written.

Knows no Django. Amounts are whole hundredths ("minor" units) or Decimals with
two places, whatever the currency. Errors are MoneyErrors: a sentence with its
parameters apart, so that whoever shows it can translate it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction
from functools import cache

from babel.core import get_global
from babel.numbers import list_currencies

from projects.wording import gettext_noop

# 99,999,999,999,999.99. A 64-bit integer holds 923 times as much.
MAX_MINOR = 9_999_999_999_999_999

# Longer texts are no amounts; refusing them early keeps reading quick.
LONGEST_TEXT = 200


class MoneyError(ValueError):
    """What is wrong with an amount, and what would be right: `message % params`."""

    def __init__(self, message: str, **params: str) -> None:
        self.message = message
        self.params = params
        super().__init__(message % params)


class Qualifier(StrEnum):
    """How an amount relates to the figure that is given for it."""

    EXACT = "exact"
    AT_LEAST = "at_least"
    ABOUT = "about"
    AT_MOST = "at_most"


@dataclass(frozen=True)
class Amount:
    """An amount as a text gives it.

    `value` None means that the text says the amount is undisclosed; `currency`
    (ISO 4217) and `qualifier` are None where the text does not say.
    """

    value: Decimal | None
    currency: str | None
    qualifier: Qualifier | None
    text: str


def shown(value: object) -> str:
    """A value as a message repeats it: short."""
    text = str(value)
    return text if len(text) <= 40 else f"{text[:40]}…"


# Hundredths


def to_minor(value: Decimal | int | str, *, negative: bool = False) -> int:
    """Return an amount in hundredths, exactly.

    Raises MoneyError for what is no finite number, has more than two decimals
    (further zeros change nothing and are taken), is out of range, or is below
    zero without `negative`. A float is refused: it is not what was written.
    """
    if isinstance(value, (bool, float)):
        raise TypeError("money is never a float")
    try:
        number = Decimal(value)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or (isinstance(value, str) and "_" in value):
        raise MoneyError(
            gettext_noop("“%(value)s” is not a number: write it like 1000000.00."),
            value=shown(value),
        )
    if number < 0 and not negative:
        raise MoneyError(
            gettext_noop("“%(value)s” is below zero: an amount is never negative."),
            value=shown(value),
        )
    # Compared before it is multiplied: 1e400 would make a number of 400 digits.
    if number.adjusted() > 14:
        raise MoneyError(
            gettext_noop("“%(value)s” is too large: an amount is at most 99,999,999,999,999.99."),
            value=shown(value),
        )
    minor = Fraction(number) * 100 if number.adjusted() > -60 else Fraction(1, 2)
    if minor.denominator != 1:
        raise MoneyError(
            gettext_noop(
                "“%(value)s” has more than two decimals: give it in whole hundredths; "
                "nothing is rounded."
            ),
            value=shown(value),
        )
    if abs(minor) > MAX_MINOR:
        raise MoneyError(
            gettext_noop("“%(value)s” is too large: an amount is at most 99,999,999,999,999.99."),
            value=shown(value),
        )
    return int(minor)


def from_minor(minor: int) -> Decimal:
    """Return hundredths as a Decimal with exactly two places, however large."""
    sign, digits = (1 if minor < 0 else 0), tuple(map(int, str(abs(minor))))
    return Decimal((sign, digits, -2))


# Reading

_CURRENCY_WORDS = {
    "人民币": "CNY", "元": "CNY", "圆": "CNY", "rmb": "CNY", "cny": "CNY", "yuan": "CNY",
    "renminbi": "CNY", "美元": "USD", "美金": "USD", "us$": "USD", "$": "USD", "usd": "USD",
    "us dollars": "USD", "us dollar": "USD", "dollars": "USD", "dollar": "USD", "欧元": "EUR",
    "€": "EUR", "eur": "EUR", "euros": "EUR", "euro": "EUR", "英镑": "GBP", "£": "GBP",
    "gbp": "GBP", "pounds": "GBP", "港元": "HKD", "港币": "HKD", "hk$": "HKD", "hkd": "HKD",
    "日元": "JPY", "円": "JPY", "jpy": "JPY", "yen": "JPY", "韩元": "KRW", "krw": "KRW",
    "卢布": "RUB", "rub": "RUB", "roubles": "RUB", "rubles": "RUB", "坚戈": "KZT", "kzt": "KZT",
    "tenge": "KZT", "索姆": "KGS", "som": "KGS", "苏姆": "UZS", "索莫尼": "TJS", "瑞士法郎": "CHF",
    "新台币": "TWD", "新加坡元": "SGD", "新元": "SGD", "加元": "CAD", "加拿大元": "CAD",
    "澳元": "AUD", "澳大利亚元": "AUD", "a$": "AUD", "c$": "CAD", "s$": "SGD",
}  # fmt: skip

_MULTIPLIERS_ZH = {
    "百": 10**2, "千": 10**3, "万": 10**4, "十万": 10**5, "百万": 10**6, "千万": 10**7,
    "亿": 10**8, "十亿": 10**9, "百亿": 10**10, "千亿": 10**11, "万亿": 10**12,
}  # fmt: skip

_MULTIPLIERS_EN = {
    "hundred": 10**2, "thousand": 10**3, "k": 10**3, "million": 10**6, "mln": 10**6,
    "mn": 10**6, "mio": 10**6, "m": 10**6, "billion": 10**9, "bln": 10**9, "bn": 10**9,
    "b": 10**9, "trillion": 10**12, "trn": 10**12, "tn": 10**12,
}  # fmt: skip

_QUALIFIERS = {
    Qualifier.AT_LEAST: (
        "超过", "超", "逾", "不低于", "不少于", "至少", "突破", "以上", "余", "多",
        "+", ">=", "≥", ">",
        "more than", "over", "at least", "above", "exceeding", "in excess of", "no less than",
        "not less than", "upwards of", "or more",
    ),
    # “近” (nearly) says that the figure is close, not on which side a reader may rely.
    Qualifier.ABOUT: (
        "约", "大约", "近", "将近", "左右", "上下", "~", "≈", "about", "approximately", "approx.",
        "approx", "around", "circa", "ca.", "some", "nearly", "almost", "roughly",
    ),
    Qualifier.AT_MOST: (
        "不超过", "不高于", "至多", "最多", "以内", "以下", "<=", "≤", "<", "up to", "at most",
        "no more than", "not more than", "under", "below", "less than", "or less",
    ),
}  # fmt: skip

_UNDISCLOSED = frozenset(
    [
        "undisclosed", "not disclosed", "not published", "unknown", "confidential", "n/a",
        "未披露", "未公开", "未公布", "不详", "保密", "暂无",
    ]
)  # fmt: skip

# Traditional and simplified writing mean the same amounts.
_SIMPLIFIED = str.maketrans({"萬": "万", "億": "亿", "圓": "圆", "餘": "余", "約": "约", "−": "-"})

_WORDS: dict[str, tuple[str, object]] = {
    **{word: ("currency", code) for word, code in _CURRENCY_WORDS.items()},
    **{word: ("multiplier", value) for word, value in _MULTIPLIERS_ZH.items()},
    **{word: ("multiplier", value) for word, value in _MULTIPLIERS_EN.items()},
    **{word: ("qualifier", q) for q, words in _QUALIFIERS.items() for word in words},
    "¥": ("yen or yuan", None),
}

# Longest first, so that 万亿 is not read as 万. Words in Latin letters end where
# the letters end. No alternative can match the empty text, and none repeats
# itself, so that reading takes time in proportion to the length.
_TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<number>\d{1,3}(?: \d{3})+(?:\.\d+)?(?![\d.,])|\d[\d.,]*)"
    r"|(?P<word>"
    + "|".join(
        re.escape(word) + ("(?![a-z])" if word[-1].isascii() and word[-1].isalpha() else "")
        for word in sorted(_WORDS, key=len, reverse=True)
    )
    + r")|(?P<code>[A-Z]{3}(?![A-Za-z]))",
    re.IGNORECASE,
)

_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_PLAIN = re.compile(r"\d+(?:\.\d+)?")


@dataclass
class _Parts:
    """What the words of a text say, before it is put together."""

    currencies: set[str]
    qualifiers: set[Qualifier]
    figures: list[tuple[str, Fraction]]
    yen_or_yuan: bool = False
    chinese: bool = False


def read_amount(text: str, *, unit: int = 1, negative: bool = False) -> Amount:
    """Read an amount as people write it, in Chinese or English.

    `17.6亿元`, `more than 1 billion yuan`, `约3.2亿美元`, `US$2.4bn`, `1,000,000,000`
    and `未披露` can be read, in full-width characters too. `unit` multiplies a
    number that names neither a multiplier nor a currency of its own, as below a
    heading （万元）. A minus is taken only with `negative`. Raises MoneyError,
    with a sentence, for whatever is ambiguous, has more than two decimals, is
    out of range or cannot be read; nothing is guessed or rounded.
    """
    if len(text) > LONGEST_TEXT:
        raise MoneyError(
            gettext_noop("“%(value)s” is too long for an amount: give at most 200 characters."),
            value=shown(text),
        )
    folded = unicodedata.normalize("NFKC", text).translate(_SIMPLIFIED).strip()
    if " ".join(folded.lower().split()) in _UNDISCLOSED:
        return Amount(None, None, None, text)
    sign = -1 if folded.startswith("-") else 1
    parts = _parts(text, folded[1:] if sign < 0 else folded)
    if sign < 0 and not negative:
        raise MoneyError(
            gettext_noop("“%(value)s” is below zero: an amount is never negative."),
            value=shown(text),
        )
    currency = _one_currency(text, parts)
    if len(parts.qualifiers) > 1:
        raise _unreadable(text)
    number = _number(text, parts, unit if currency is None else 1)
    return Amount(
        from_minor(sign * _whole(text, number)),
        currency,
        next(iter(parts.qualifiers), None),
        text,
    )


def read_bound(text: str, *, currency: str) -> Decimal:
    """Read a limit for a question, such as `5000万` or `1.5bn`, in units of `currency`.

    Raises MoneyError for what is no single amount, or is in another currency.
    """
    read = read_amount(text)
    if read.value is None or read.qualifier is not None:
        raise _unreadable(text)
    if read.currency not in (None, currency):
        raise MoneyError(
            gettext_noop("“%(value)s” is not in %(currency)s: give the limit in %(currency)s."),
            value=shown(text),
            currency=currency,
        )
    return read.value


def _unreadable(text: str) -> MoneyError:
    return MoneyError(
        gettext_noop(
            "“%(value)s” cannot be read as an amount: write it like 1000000.00, 17.6亿元, "
            "5000万元 or 1 billion yuan."
        ),
        value=shown(text),
    )


def _parts(text: str, folded: str) -> _Parts:
    parts = _Parts(set(), set(), [])
    position = 0
    while position < len(folded):
        token = _TOKEN.match(folded, position)
        if token is None:
            raise _unreadable(text)
        position = token.end()
        if token["number"]:
            parts.figures.append(("number", _digits(text, token["number"])))
        elif token["word"]:
            kind, value = _WORDS[token["word"].lower()]
            if kind == "currency":
                parts.currencies.add(str(value))
            elif kind == "multiplier":
                parts.chinese |= token["word"] in _MULTIPLIERS_ZH
                parts.figures.append(("multiplier", Fraction(str(value))))
            elif kind == "qualifier":
                parts.qualifiers.add(Qualifier(str(value)))
            else:
                parts.yen_or_yuan = True
        elif token["code"]:
            # Only in capitals: “all” and “try” are words as well as currencies.
            if not is_currency(token["code"]):
                raise _unreadable(text)
            parts.currencies.add(token["code"])
    return parts


def _digits(text: str, digits: str) -> Fraction:
    """The number that digits with separators stand for; a comma only ever groups by three."""
    if " " in digits:
        return Fraction(digits.replace(" ", ""))
    if _PLAIN.fullmatch(digits):
        return Fraction(digits)
    if _GROUPED.fullmatch(digits):
        return Fraction(digits.replace(",", ""))
    raise MoneyError(
        gettext_noop(
            "“%(value)s” can be read in more than one way: use a point for decimals and commas "
            "only between groups of three, like 1,234.50."
        ),
        value=shown(text),
    )


def _one_currency(text: str, parts: _Parts) -> str | None:
    if parts.yen_or_yuan and not parts.currencies:
        if not parts.chinese:
            raise MoneyError(
                gettext_noop(
                    "“%(value)s” may be in yuan or in yen: write CNY or JPY in place of ¥."
                ),
                value=shown(text),
            )
        return "CNY"
    if parts.yen_or_yuan and not parts.currencies <= {"CNY", "JPY"}:
        raise _unreadable(text)
    if len(parts.currencies) > 1:
        raise MoneyError(
            gettext_noop("“%(value)s” names more than one currency: give one."), value=shown(text)
        )
    return next(iter(parts.currencies), None)


def _number(text: str, parts: _Parts, unit: int) -> Fraction:
    """The number that figures make: 1 billion, or 1亿2000万 with falling multipliers."""
    figures = parts.figures
    if not figures or figures[0][0] != "number":
        raise _unreadable(text)
    groups: list[list[Fraction]] = []
    for kind, value in figures:
        if kind == "number":
            groups.append([value])
        else:
            groups[-1].append(value)
    total, above = Fraction(0), None
    for number, *multipliers in groups:
        multiplier = Fraction(1)
        for one in multipliers:
            multiplier *= one
        if len(groups) > 1 and (
            not multipliers
            or not parts.chinese
            or (above is not None and number * multiplier >= above)
        ):
            raise _unreadable(text)
        total += number * multiplier
        above = multiplier
    return total if len(figures) > 1 else total * unit


def _whole(text: str, number: Fraction) -> int:
    minor = number * 100
    if minor.denominator != 1:
        raise MoneyError(
            gettext_noop(
                "“%(value)s” has more than two decimals: give it in whole hundredths; "
                "nothing is rounded."
            ),
            value=shown(text),
        )
    if minor > MAX_MINOR:
        raise MoneyError(
            gettext_noop("“%(value)s” is too large: an amount is at most 99,999,999,999,999.99."),
            value=shown(text),
        )
    return int(minor)


# Splitting


def allocate(amount: int, shares: Sequence[Decimal]) -> list[int]:
    """Split `amount` (hundredths) by `shares` (per cent, summing to 100).

    Largest remainder, ties to the earlier share, so the parts add up to
    `amount` exactly; what goes back splits as what came. Raises ValueError if
    the shares do not make 100 or one of them is below zero.
    """
    if sum(shares) != 100 or any(share < 0 for share in shares):
        raise ValueError("shares must make 100")
    return _largest_remainder(amount, [Fraction(share) for share in shares])


def equal_parts(amount: int, parts: int) -> list[int]:
    """Split `amount` (hundredths) into equal parts: 100.00 in three is 33.34, 33.33, 33.33."""
    return _largest_remainder(amount, [Fraction(1)] * parts)


def _largest_remainder(amount: int, weights: Sequence[Fraction]) -> list[int]:
    sign, size, whole = (-1 if amount < 0 else 1), abs(amount), sum(weights)
    exact = [size * weight / whole for weight in weights]
    parts = [int(part) for part in exact]
    by_remainder = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    for index in by_remainder[: size - sum(parts)]:
        parts[index] += 1
    return [sign * part for part in parts]


# Converting


@dataclass(frozen=True)
class Rate:
    """A published rate: `value` units of `to_currency` for one unit of `from_currency`."""

    from_currency: str
    to_currency: str
    value: Decimal
    quoted_on: date


def factor(rates: Sequence[Rate], from_currency: str, to_currency: str) -> Fraction:
    """Units of `to_currency` for one of `from_currency`, through `rates` quoted either way.

    Raises ValueError if the rates do not lead from the one to the other.
    """
    product, at = Fraction(1), from_currency
    for rate in rates:
        if rate.from_currency == at:
            product, at = product * Fraction(rate.value), rate.to_currency
        elif rate.to_currency == at:
            product, at = product / Fraction(rate.value), rate.from_currency
        else:
            raise ValueError(f"no rate leads on from {at}")
    if at != to_currency:
        raise ValueError(f"the rates lead to {at}, not to {to_currency}")
    return product


def convert(minor: int, rate: Fraction) -> int:
    """Convert hundredths, rounded half up once; halves of money returned go the same way down."""
    exact = abs(minor) * rate
    rounded = (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)
    return -rounded if minor < 0 else rounded


def printable_rate(rate: Fraction) -> Decimal:
    """A rate as a Decimal in plain notation: exact up to 15 significant digits."""
    number = Context(prec=15, rounding=ROUND_HALF_EVEN).divide(
        Decimal(rate.numerator), Decimal(rate.denominator)
    )
    return Decimal(format(number.normalize(), "f"))


# Sums


def bound(*, at_least: bool, about: bool, at_most: bool, incomplete: bool) -> Qualifier:
    """What a sum is, of amounts some of which are at least, about or at most; or are missing.

    `incomplete`: something is undisclosed or was left out for want of a rate,
    so that the sum can only be too low. Where both directions meet, it is about.
    """
    too_low = at_least or incomplete
    if too_low and at_most:
        return Qualifier.ABOUT
    if too_low:
        return Qualifier.AT_LEAST
    if about:
        return Qualifier.ABOUT
    return Qualifier.AT_MOST if at_most else Qualifier.EXACT


# Writing


def plain(value: Decimal) -> str:
    """1000000000.00"""
    return f"{value:.2f}"


def grouped(value: Decimal) -> str:
    """1,000,000,000.00"""
    return f"{value:,.2f}"


_CHINESE_NAMES = {
    "CNY": "元", "USD": "美元", "EUR": "欧元", "GBP": "英镑", "HKD": "港元", "JPY": "日元",
    "RUB": "卢布", "KZT": "坚戈", "KRW": "韩元",
}  # fmt: skip


def _short(value: Decimal, steps: Sequence[tuple[int, str]]) -> tuple[str, str]:
    """A value in the largest of `steps` that it reaches, with every digit kept, and its name."""
    for size, name in steps:
        if abs(value) >= size:
            # Moving the point is exact, whatever the precision in force.
            scaled = value.as_tuple()
            exponent = int(scaled.exponent) - (len(str(size)) - 1)
            number = Decimal((scaled.sign, scaled.digits, exponent))
            text = f"{number:,f}"
            return (text.rstrip("0").rstrip(".") if "." in text else text), name
    return grouped(value), ""


def in_chinese(value: Decimal, currency: str) -> str:
    """17.6亿元, 5,000万元, 300.92元: exact, no digit is dropped."""
    number, name = _short(value, [(10**12, "万亿"), (10**8, "亿"), (10**4, "万")])
    if not name:
        number = number.removesuffix(".00")
    return f"{number}{name}{_CHINESE_NAMES.get(currency, f' {currency}')}"


def in_english(value: Decimal, currency: str) -> str:
    """17.6 billion CNY, 300.92 CNY: exact, no digit is dropped."""
    steps = [(10**12, "trillion"), (10**9, "billion"), (10**6, "million")]
    number, name = _short(value, steps)
    return f"{number} {name} {currency}" if name else f"{number} {currency}"


def in_full(value: Decimal, currency: str) -> str:
    """1,000,000,000.00 CNY = 10亿元"""
    return f"{grouped(value)} {currency} = {in_chinese(value, currency)}"


@cache
def currencies() -> frozenset[str]:
    """The codes of ISO 4217 that are money in use: without metals, test codes and funds."""
    in_use = {
        code
        for entries in get_global("territory_currencies").values()
        for code, _start, end, tender in entries
        if end is None and tender
    }
    return frozenset(in_use & set(list_currencies()))


def is_currency(code: str) -> bool:
    """Whether `code` is a currency of ISO 4217 in use, in capitals."""
    return code in currencies()
