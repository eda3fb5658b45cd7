"""Outlier detection: amounts that are probably in the wrong unit.

The most common mistakes change an amount by a power of ten: 亿 read as billion
(10), a lost decimal point (100), 万元 read as 元 (10,000), 亿元 read as 元
(100,000,000).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import log10
from statistics import median

# Exponents of the factors (powers of ten) of the usual mistakes.
MISMATCH_POWERS = (1, 2, 4, 8)
# Fewer peers say nothing about what is normal.
MIN_PEERS = 8
# Parts of one whole are fewer.
MIN_PARTS = 3
# Distances are in decimal logarithms. Below this one (a factor of 5) nothing is an outlier;
UNREMARKABLE = 0.7
# above this one (a factor of 5,000) everything is, whatever the spread of the peers.
REMARKABLE = 3.7
# In between: multiples of the peers' spread. Parts of one whole vary more: of a city
# council's real payments one in twenty was beyond the limit for peers.
SPREADS = 2.5
SPREADS_OF_PARTS = 4
# Ratio of the standard deviation to the median absolute deviation of a normal distribution.
_DEVIATION = 1.4826


@dataclass(frozen=True)
class MagnitudeMismatch:
    """An amount that is `times` × the `usual` one, or with `is_below` 1/`times` of it.

    `factor` is that of the most likely mistake: 10, 100, 10,000 or 100,000,000.
    """

    usual: Decimal
    times: Decimal
    factor: int
    is_below: bool

    def meant(self, amount: Decimal) -> Decimal:
        """The amount without the mistake."""
        return amount * self.factor if self.is_below else amount / self.factor


def mismatch_with_peers(
    amount: Decimal, peers: Sequence[Decimal], *, among_parts: bool = False
) -> MagnitudeMismatch | None:
    """The likely mistake if `amount` is an outlier among its `peers`; None if it is not.

    All in one currency. Peers that are zero or negative are ignored. Compares
    logarithms with their median and median absolute deviation, which a few wrong
    peers do not change. None as well if there are too few peers. `among_parts`:
    the peers are parts of one whole, which are fewer and vary more.
    """
    fewest, spreads = (MIN_PARTS, SPREADS_OF_PARTS) if among_parts else (MIN_PEERS, SPREADS)
    known = [log10(peer) for peer in peers if peer > 0]
    if amount <= 0 or len(known) < fewest:
        return None
    middle = median(known)
    spread = _DEVIATION * median(abs(one - middle) for one in known)
    distance = log10(amount) - middle
    if abs(distance) < min(max(UNREMARKABLE, spreads * spread), REMARKABLE):
        return None
    return _slip(distance, Decimal(10) ** Decimal(middle))


def mismatch_above_whole(amount: Decimal, whole: Decimal) -> MagnitudeMismatch | None:
    """The likely mistake if `amount` exceeds the whole it is a part of; else None."""
    if whole <= 0 or amount <= whole:
        return None
    return _slip(log10(amount) - log10(whole), whole)


def mismatch_with_whole(amount: Decimal, whole: Decimal) -> MagnitudeMismatch | None:
    """The likely mistake if a part is 5 times its whole or more, or 1/5,000 of it or less.

    None in between: payments may slightly exceed a contract, and a first payment may be small.
    """
    if amount <= 0 or whole <= 0:
        return None
    distance = log10(amount) - log10(whole)
    return None if -REMARKABLE < distance < UNREMARKABLE else _slip(distance, whole)


def mismatch_below_parts(amount: Decimal, parts: Decimal) -> MagnitudeMismatch | None:
    """The likely mistake if the parts of `amount` make 5 times it or more; else None.

    A smaller excess has other causes than a wrong unit.
    """
    if amount <= 0 or parts <= 0:
        return None
    distance = log10(amount) - log10(parts)
    return _slip(distance, parts) if distance <= -UNREMARKABLE else None


def _slip(distance: float, usual: Decimal) -> MagnitudeMismatch:
    power = min(MISMATCH_POWERS, key=lambda one: abs(abs(distance) - one))
    times = Decimal(10) ** Decimal(abs(distance))
    return MagnitudeMismatch(_rounded(usual), _rounded(times), 10**power, distance < 0)


def _rounded(value: Decimal) -> Decimal:
    """Rounded to two significant digits: more would suggest a precision there is not."""
    return value.quantize(Decimal(1).scaleb(max(value.adjusted() - 1, -2)))
