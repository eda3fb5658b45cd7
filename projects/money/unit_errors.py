"""Amounts in the wrong unit: how far off its peers one is, and which slip that would be.

The commonest slips move an amount by whole powers of ten: 亿 taken for billion
(10), a decimal point that was lost (100), 万元 taken for 元 (10,000), 亿元 for
元 (100,000,000).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import log10
from statistics import median

# Powers of ten by which a slip moves an amount.
SLIPS = (1, 2, 4, 8)
# With fewer, nothing is usual.
FEWEST_PEERS = 8
# Parts of one whole are fewer.
FEWEST_PARTS = 3
# How far off is never remarkable: a factor of five.
UNREMARKABLE = 0.7
# What no spread of the peers makes usual: a factor of five thousand.
REMARKABLE = 3.7
# As a multiple of the peers' own spread; parts of one whole spread with a longer tail: of a
# council's real payments one in twenty lay beyond that of peers.
SPREADS = 2.5
SPREADS_OF_PARTS = 4
# The median distance from the median, as a standard deviation where logarithms are normal.
_DEVIATION = 1.4826


@dataclass(frozen=True)
class Slip:
    """An amount stands at `times` × what is usual, or, `is_below`, at that part of it.

    `factor` is that of the likeliest slip, and `usual` what it is held against.
    """

    usual: Decimal
    times: Decimal
    factor: int
    is_below: bool

    def meant(self, amount: Decimal) -> Decimal:
        """What the amount would be without the slip."""
        return amount * self.factor if self.is_below else amount / self.factor


def off_its_peers(
    amount: Decimal, peers: Sequence[Decimal], *, among_parts: bool = False
) -> Slip | None:
    """The slip that would explain how far `amount` is off the amounts of its peers.

    All in one currency; what is not above zero says nothing of units and is left
    out. None where there are too few of them, or the amount is as they are: within
    their own spread, by the median of their logarithms, which a few slips among
    them do not move. `among_parts`: of one whole, which are fewer and vary more.
    """
    fewest, spreads = (FEWEST_PARTS, SPREADS_OF_PARTS) if among_parts else (FEWEST_PEERS, SPREADS)
    known = [log10(peer) for peer in peers if peer > 0]
    if amount <= 0 or len(known) < fewest:
        return None
    middle = median(known)
    spread = _DEVIATION * median(abs(one - middle) for one in known)
    distance = log10(amount) - middle
    if abs(distance) < min(max(UNREMARKABLE, spreads * spread), REMARKABLE):
        return None
    return _slip(distance, Decimal(10) ** Decimal(middle))


def above_its_whole(amount: Decimal, whole: Decimal) -> Slip | None:
    """The slip that would explain how `amount` comes to more than what it is a part of."""
    if whole <= 0 or amount <= whole:
        return None
    return _slip(log10(amount) - log10(whole), whole)


def off_its_whole(amount: Decimal, whole: Decimal) -> Slip | None:
    """The slip that would explain how a part is many times its whole, or hardly any of it.

    A little more than the whole may have come in, and a first part may be small: nothing
    is said below five times it, nor down to a five-thousandth.
    """
    if amount <= 0 or whole <= 0:
        return None
    distance = log10(amount) - log10(whole)
    return None if -REMARKABLE < distance < UNREMARKABLE else _slip(distance, whole)


def below_its_parts(amount: Decimal, parts: Decimal) -> Slip | None:
    """The slip that would explain how the parts of `amount` come to many times it.

    By less than five times, something else is amiss.
    """
    if amount <= 0 or parts <= 0:
        return None
    distance = log10(amount) - log10(parts)
    return _slip(distance, parts) if distance <= -UNREMARKABLE else None


def _slip(distance: float, usual: Decimal) -> Slip:
    power = min(SLIPS, key=lambda one: abs(abs(distance) - one))
    times = Decimal(10) ** Decimal(abs(distance))
    return Slip(_rounded(usual), _rounded(times), 10**power, distance < 0)


def _rounded(value: Decimal) -> Decimal:
    """To two digits, whole where it is at least ten: more would say more than is known."""
    return value.quantize(Decimal(1).scaleb(max(value.adjusted() - 1, -2)))
