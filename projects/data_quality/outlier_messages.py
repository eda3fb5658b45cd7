"""The wording of outlier warnings: how far off an amount is, and the likely mistake.

What an amount is compared with has a sentence for an amount that is too low (True) and
one for an amount that is too high (False), where both can occur.
"""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext, gettext_noop

from projects import money
from projects.money.unit_errors import MagnitudeMismatch

Sentences = dict[bool, str]

# Its peers, which are named `peers`.
PEERS: Sentences = {
    True: gettext_noop(
        "%(amount)s is %(times)s times lower than is usual for %(peers)s (%(usual)s). "
        "Did you mean %(meant)s?"
    ),
    False: gettext_noop(
        "%(amount)s is %(times)s times what is usual for %(peers)s (%(usual)s). "
        "Did you mean %(meant)s?"
    ),
}
# The published total it is part of: that of the headline `code`.
PUBLISHED_TOTAL: Sentences = {
    False: gettext_noop(
        "%(amount)s is more than the total published as contracted (%(usual)s, "
        "headline “%(code)s”). Did you mean %(meant)s?"
    ),
}
# Funds received and the amount of their project.
WHOLE_PROJECT: Sentences = {
    True: gettext_noop(
        "%(amount)s is %(times)s times lower than the amount of the whole project "
        "(%(usual)s). Did you mean %(meant)s?"
    ),
    False: gettext_noop(
        "%(amount)s is %(times)s times the amount of the whole project (%(usual)s). "
        "Did you mean %(meant)s?"
    ),
}
# Funds received and the other funds of their project.
OTHER_RECEIPTS: Sentences = {
    True: gettext_noop(
        "%(amount)s is %(times)s times lower than is usual for the other funds that the "
        "project received (%(usual)s). Did you mean %(meant)s?"
    ),
    False: gettext_noop(
        "%(amount)s is %(times)s times what is usual for the other funds that the project "
        "received (%(usual)s). Did you mean %(meant)s?"
    ),
}
# A published figure and the sum of its records.
SUM_OF_RECORDS: Sentences = {
    True: gettext_noop(
        "%(amount)s is %(times)s times lower than the sum of the records it covers (%(usual)s). "
        "Did you mean %(meant)s?"
    ),
}
LIKELY_MISTAKES = {
    10: gettext_noop("亿 (a hundred million) and billion are easily confused."),
    100: gettext_noop("Perhaps a decimal point is missing or extra."),
    10_000: gettext_noop("Perhaps 万元 was meant for 元, or 元 for 万元."),
    100_000_000: gettext_noop("Perhaps 亿元 was meant for 元, or 元 for 亿元."),
}


def outlier_warning(
    sentences: Sentences,
    amount: Decimal,
    currency: str,
    mismatch: MagnitudeMismatch,
    **params: str,
) -> str:
    """The warning in the language in use; `params`: what else the sentences name."""
    meant = mismatch.meant(amount).quantize(Decimal("0.01"))
    warning = gettext(sentences[mismatch.is_below]) % {
        "amount": money.in_full(amount, currency),
        "times": f"{mismatch.times:,f}",
        "usual": money.in_full(mismatch.usual, currency),
        "meant": money.in_full(meant, currency),
        **params,
    }
    return f"{warning} {gettext(LIKELY_MISTAKES[mismatch.factor])}"
