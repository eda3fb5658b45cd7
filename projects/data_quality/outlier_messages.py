"""A doubt in words: how far off an amount is, what was perhaps meant, and which slip that is."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext, gettext_noop

from projects import money
from projects.money.unit_errors import MagnitudeMismatch

EXPLANATIONS = {
    10: gettext_noop("亿 (a hundred million) and billion are easily taken for each other."),
    100: gettext_noop("Perhaps a decimal point was lost, or is one too many."),
    10_000: gettext_noop("Perhaps 万元 was meant for 元, or 元 for 万元."),
    100_000_000: gettext_noop("Perhaps 亿元 was meant for 元, or 元 for 亿元."),
}


def usual(amount: Decimal, currency: str, slip: MagnitudeMismatch, peers: str) -> str:
    """Beside what is usual of its peers, which are called `peers`."""
    sentence = (
        gettext(
            "%(amount)s is %(times)s times below what is usual of %(peers)s (%(usual)s). "
            "Was %(meant)s meant?"
        )
        if slip.is_below
        else gettext(
            "%(amount)s is %(times)s times what is usual of %(peers)s (%(usual)s). "
            "Was %(meant)s meant?"
        )
    )
    return _said(sentence, amount, currency, slip, peers=peers)


def published(amount: Decimal, currency: str, slip: MagnitudeMismatch, code: str) -> str:
    """Beside all that a headline says of the whole."""
    sentence = gettext(
        "%(amount)s is more than all that was published as contracted (%(usual)s, "
        "headline “%(code)s”). Was %(meant)s meant?"
    )
    return _said(sentence, amount, currency, slip, code=code)


def part(amount: Decimal, currency: str, slip: MagnitudeMismatch) -> str:
    """Funds received beside the amount of their project."""
    sentence = (
        gettext(
            "%(amount)s is %(times)s times below the amount of the whole project (%(usual)s). "
            "Was %(meant)s meant?"
        )
        if slip.is_below
        else gettext(
            "%(amount)s is %(times)s times the amount of the whole project (%(usual)s). "
            "Was %(meant)s meant?"
        )
    )
    return _said(sentence, amount, currency, slip)


def beside(amount: Decimal, currency: str, slip: MagnitudeMismatch) -> str:
    """Funds received beside what else their project received."""
    sentence = (
        gettext(
            "%(amount)s is %(times)s times below what is usual of the other funds that the "
            "project received (%(usual)s). Was %(meant)s meant?"
        )
        if slip.is_below
        else gettext(
            "%(amount)s is %(times)s times what is usual of the other funds that the project "
            "received (%(usual)s). Was %(meant)s meant?"
        )
    )
    return _said(sentence, amount, currency, slip)


def whole(amount: Decimal, currency: str, slip: MagnitudeMismatch) -> str:
    """A published figure beside what the register itemises of it."""
    sentence = gettext(
        "%(amount)s is %(times)s times below what the records of the same add up to (%(usual)s). "
        "Was %(meant)s meant?"
    )
    return _said(sentence, amount, currency, slip)


def _said(
    sentence: str, amount: Decimal, currency: str, slip: MagnitudeMismatch, **params: str
) -> str:
    meant = slip.meant(amount).quantize(Decimal("0.01"))
    told = sentence % {
        "amount": money.in_full(amount, currency),
        "times": f"{slip.times:,f}",
        "usual": money.in_full(slip.usual, currency),
        "meant": money.in_full(meant, currency),
        **params,
    }
    return f"{told} {gettext(EXPLANATIONS[slip.factor])}"
