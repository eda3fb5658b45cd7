"""The wording of outlier warnings: how far off an amount is, and the likely mistake."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext, gettext_noop

from projects import money
from projects.money.unit_errors import MagnitudeMismatch

EXPLANATIONS = {
    10: gettext_noop("亿 (a hundred million) and billion are easily confused."),
    100: gettext_noop("Perhaps a decimal point is missing or extra."),
    10_000: gettext_noop("Perhaps 万元 was meant for 元, or 元 for 万元."),
    100_000_000: gettext_noop("Perhaps 亿元 was meant for 元, or 元 for 亿元."),
}


def usual(amount: Decimal, currency: str, slip: MagnitudeMismatch, peers: str) -> str:
    """The warning for an outlier among its peers, which are named `peers`."""
    sentence = (
        gettext(
            "%(amount)s is %(times)s times lower than is usual for %(peers)s (%(usual)s). "
            "Did you mean %(meant)s?"
        )
        if slip.is_below
        else gettext(
            "%(amount)s is %(times)s times what is usual for %(peers)s (%(usual)s). "
            "Did you mean %(meant)s?"
        )
    )
    return _message(sentence, amount, currency, slip, peers=peers)


def published(amount: Decimal, currency: str, slip: MagnitudeMismatch, code: str) -> str:
    """The warning for an amount above the published total it is part of."""
    sentence = gettext(
        "%(amount)s is more than the total published as contracted (%(usual)s, "
        "headline “%(code)s”). Did you mean %(meant)s?"
    )
    return _message(sentence, amount, currency, slip, code=code)


def part(amount: Decimal, currency: str, slip: MagnitudeMismatch) -> str:
    """The warning for funds received far from the amount of their project."""
    sentence = (
        gettext(
            "%(amount)s is %(times)s times lower than the amount of the whole project "
            "(%(usual)s). Did you mean %(meant)s?"
        )
        if slip.is_below
        else gettext(
            "%(amount)s is %(times)s times the amount of the whole project (%(usual)s). "
            "Did you mean %(meant)s?"
        )
    )
    return _message(sentence, amount, currency, slip)


def beside(amount: Decimal, currency: str, slip: MagnitudeMismatch) -> str:
    """The warning for funds received far from the other funds of their project."""
    sentence = (
        gettext(
            "%(amount)s is %(times)s times lower than is usual for the other funds that the "
            "project received (%(usual)s). Did you mean %(meant)s?"
        )
        if slip.is_below
        else gettext(
            "%(amount)s is %(times)s times what is usual for the other funds that the project "
            "received (%(usual)s). Did you mean %(meant)s?"
        )
    )
    return _message(sentence, amount, currency, slip)


def whole(amount: Decimal, currency: str, slip: MagnitudeMismatch) -> str:
    """The warning for a published figure far below the sum of its records."""
    sentence = gettext(
        "%(amount)s is %(times)s times lower than the sum of the records it covers (%(usual)s). "
        "Did you mean %(meant)s?"
    )
    return _message(sentence, amount, currency, slip)


def _message(
    sentence: str, amount: Decimal, currency: str, slip: MagnitudeMismatch, **params: str
) -> str:
    meant = slip.meant(amount).quantize(Decimal("0.01"))
    warning = sentence % {
        "amount": money.in_full(amount, currency),
        "times": f"{slip.times:,f}",
        "usual": money.in_full(slip.usual, currency),
        "meant": money.in_full(meant, currency),
        **params,
    }
    return f"{warning} {gettext(EXPLANATIONS[slip.factor])}"
