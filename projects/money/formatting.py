"""Format an amount, for programs and for readers of English or Chinese.

No format drops a digit: 1.76 billion is exactly the stored amount. English uses
ISO codes, because ¥ means the yuan in Chinese and the yen in English.
"""

from __future__ import annotations

from decimal import Context, Decimal, Inexact

from .currency_codes import CHINESE_NAMES

# Sums may have more digits than the 28 of Decimal's default context.
_EXACT = Context(prec=100, traps=[Inexact])

# Powers of ten and their names, the largest first.
_CHINESE_STEPS = ((12, "万亿"), (8, "亿"), (4, "万"))
_ENGLISH_STEPS = ((12, " trillion"), (9, " billion"), (6, " million"))


def plain(value: Decimal) -> str:
    """`1000000000.00`, as in the API and in spreadsheets."""
    return f"{_two_places(value):f}"


def grouped(value: Decimal) -> str:
    """`1,000,000,000.00`"""
    return f"{_two_places(value):,f}"


def in_chinese(value: Decimal, currency: str) -> str:
    """`17.6亿元`, `5,000万元`, `5,000元`, `300.92元`, `2.4亿美元`, `3亿 KGS`."""
    figure = _in_steps(value, _CHINESE_STEPS).removesuffix(".00")
    return f"{figure}{_chinese_name(currency)}"


def in_english(value: Decimal, currency: str) -> str:
    """`17.6 billion CNY`, `5 million CNY`, `5,000.00 CNY`."""
    return f"{_in_steps(value, _ENGLISH_STEPS)} {currency}"


def full_in_chinese(value: Decimal, currency: str) -> str:
    """`17,600,000,000.00元`"""
    return f"{grouped(value)}{_chinese_name(currency)}"


def full_in_english(value: Decimal, currency: str) -> str:
    """`17,600,000,000.00 CNY`"""
    return f"{grouped(value)} {currency}"


def ten_thousands_in_chinese(value: Decimal, currency: str) -> str:
    """`1,760,000万元`, `0.5万美元`: the usual unit of Chinese ledgers."""
    return f"{_ten_thousands(value)}万{_chinese_name(currency)}"


def ten_thousands_in_english(value: Decimal, currency: str) -> str:
    """`1,760,000 × 10,000 CNY`"""
    return f"{_ten_thousands(value)} × 10,000 {currency}"


def in_full(value: Decimal, currency: str) -> str:
    """`1,000,000,000.00 CNY = 10亿元`, so that an editor notices a wrong factor of ten."""
    return f"{grouped(value)} {currency} = {in_chinese(value, currency)}"


def _chinese_name(currency: str) -> str:
    return CHINESE_NAMES.get(currency, f" {currency}")


def _ten_thousands(value: Decimal) -> str:
    return f"{_two_places(value).scaleb(-4, _EXACT).normalize(_EXACT):,f}"


def _in_steps(value: Decimal, steps: tuple[tuple[int, str], ...]) -> str:
    """A value in the largest step it reaches; below all steps, with two decimals."""
    value = _two_places(value)
    for power, name in steps:
        if value.adjusted() >= power:
            return f"{value.scaleb(-power, _EXACT).normalize(_EXACT):,f}{name}"
    return f"{value:,f}"


def _two_places(value: Decimal) -> Decimal:
    """`value` with two decimals. Raises decimal.Inexact if it has more: it is not an amount."""
    # plus() removes the sign of a negative zero.
    return _EXACT.plus(value.quantize(Decimal("0.01"), context=_EXACT))
