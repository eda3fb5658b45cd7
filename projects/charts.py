"""Geometry of SVG charts: where each bar, point and label is. Does not import Django.

Horizontal positions are in per cent of the chart's width, vertical ones in pixels,
so that a chart fills the width of its place on the page while its texts keep their
size, and templates need no arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, TypeVar

Thing = TypeVar("Thing")

FULL = Decimal("100.00")
# The smallest width of a bar above zero, so that it is visible.
THINNEST = Decimal("0.40")
# The darkest shade of a cell on which figures remain readable.
MOST_HEAT = 6
# The height of a bar with the text above it.
ROW = 58
HEIGHT = 180
# Up to so many points are drawn large enough to hover over.
MOST_LARGE_POINTS = 40
# The smallest distance between labels below a line, in per cent of its width.
APART = Decimal(26)
# Free space at both ends of a line, for half of a label.
MARGIN = Decimal(5)


def _per_cent(part: Decimal, whole: Decimal) -> Decimal:
    """The percentage, from 0 to 100; at least THINNEST for a part above zero."""
    if part <= 0 or whole <= 0:
        return Decimal("0.00")
    return max(THINNEST, min(FULL, part * 100 / whole)).quantize(Decimal("0.01"))


@dataclass(frozen=True)
class Bar(Generic[Thing]):
    """One bar and the thing it represents; `top` is where its row starts."""

    thing: Thing
    left: Decimal
    width: Decimal
    top: int

    @property
    def name_at(self) -> int:
        return self.top + 14

    @property
    def figure_at(self) -> int:
        return self.top + 31

    @property
    def bar_at(self) -> int:
        return self.top + 38


@dataclass(frozen=True)
class Bars(Generic[Thing]):
    bars: list[Bar[Thing]]

    @property
    def height(self) -> int:
        return len(self.bars) * ROW


def bars(things: Sequence[tuple[Thing, Decimal]]) -> Bars[Thing]:
    """A bar for each thing, relative to the largest amount; negative amounts have no width."""
    largest = max((amount for _thing, amount in things), default=Decimal(0))
    return Bars(
        [
            Bar(thing, Decimal("0.00"), _per_cent(amount, largest), number * ROW)
            for number, (thing, amount) in enumerate(things)
        ]
    )


def funnel(things: Sequence[tuple[Thing, int]]) -> Bars[Thing]:
    """A centred bar for each step, relative to the first and widest."""
    first = Decimal(things[0][1]) if things else Decimal(0)
    found = []
    for number, (thing, count) in enumerate(things):
        width = _per_cent(Decimal(count), first)
        found.append(Bar(thing, (FULL - width) / 2, width, number * ROW))
    return Bars(found)


@dataclass(frozen=True)
class Split:
    """The widths of a part and of the rest of a whole, side by side.

    If the part is larger than the whole, it takes the full width and `whole` is
    where the whole ends.
    """

    part: Decimal
    rest: Decimal
    whole: Decimal


def split(part: Decimal, whole: Decimal) -> Split | None:
    """`part` as a part of `whole`; None if the whole is zero or negative."""
    if whole <= 0:
        return None
    if part > whole:
        return Split(FULL, Decimal("0.00"), _per_cent(whole, part))
    width = _per_cent(part, whole)
    return Split(width, FULL - width, FULL)


@dataclass(frozen=True)
class Point(Generic[Thing]):
    thing: Thing
    x: Decimal
    y: Decimal
    has_tick: bool
    # Labels at the ends of the line are aligned to them, so that none is cut off.
    anchor: str = "middle"

    @property
    def words_at(self) -> Decimal:
        """The horizontal position of the label below the point."""
        return {"start": Decimal(0), "middle": self.x, "end": FULL}[self.anchor]


@dataclass(frozen=True)
class Line(Generic[Thing]):
    """Points above a base line, and the segments between consecutive ones."""

    points: list[Point[Thing]]
    stretches: list[tuple[Point[Thing], Point[Thing]]]
    largest: Decimal
    height: int = HEIGHT

    @property
    def radius(self) -> int:
        """The radius of a point: many large ones would hide the line."""
        return 4 if len(self.points) <= MOST_LARGE_POINTS else 2

    @property
    def words_at(self) -> int:
        """The vertical position of the labels below the base line."""
        return self.height + 18

    @property
    def whole_height(self) -> int:
        return self.height + 26


def line(places: Iterable[tuple[int, Thing | None, Decimal]]) -> Line[Thing] | None:
    """A line through (period, thing, amount); periods are consecutive integers.

    A missing period, or one whose thing is None, breaks the line: unknown is not zero.
    None if there are fewer than two points, or none above zero.
    """
    known = [(place, thing, amount) for place, thing, amount in places if thing is not None]
    largest = max((amount for _place, _thing, amount in known), default=Decimal(0))
    if len(known) < 2 or largest <= 0:
        return None
    first, last = known[0][0], known[-1][0]
    top = Decimal(24)
    across = [
        (MARGIN + (FULL - 2 * MARGIN) * (place - first) / (last - first)).quantize(Decimal("0.01"))
        for place, _thing, _amount in known
    ]
    ticks = _ticks(across)
    points = []
    for number, (_place, thing, amount) in enumerate(known):
        high = max(amount, Decimal(0)) / largest * (HEIGHT - top)
        points.append(
            Point(
                thing,
                across[number],
                (HEIGHT - high).quantize(Decimal("0.1")),
                number in ticks,
                "start" if number == 0 else "end" if number == len(known) - 1 else "middle",
            )
        )
    stretches = [
        (points[number], points[number + 1])
        for number in range(len(points) - 1)
        if known[number + 1][0] == known[number][0] + 1
    ]
    return Line(points, stretches, largest)


def _ticks(places: Sequence[Decimal]) -> set[int]:
    """Indexes of the points that get a label: the first, the last, and those in between that are
    far enough apart for their labels on a phone."""
    named, last = [0], len(places) - 1
    for number in range(1, last):
        if min(places[number] - places[named[-1]], places[last] - places[number]) >= APART:
            named.append(number)
    return {*named, last}


def heat(amount: Decimal, largest: Decimal) -> int:
    """The shade of a cell relative to the largest amount: from 0 (none) to MOST_HEAT."""
    if amount <= 0 or largest <= 0:
        return 0
    return max(1, min(MOST_HEAT, int(-(-amount * MOST_HEAT // largest))))
