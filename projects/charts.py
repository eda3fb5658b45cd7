"""Figures as shapes: where on a picture each of them stands. Knows no Django and no words.

Across, everything is in per cent of the picture's width; down, in pixels. So a
picture is as wide as its place on the page, while its texts keep their size, and
nothing has to be reckoned in a template or a browser.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, TypeVar

Thing = TypeVar("Thing")

FULL = Decimal("100.00")
# What is there is seen, however small it is beside the rest.
THINNEST = Decimal("0.40")
# Darker than this a cell would swallow its figures.
MOST_HEAT = 6
# The height of a line with its words above it, and what the words take of it.
ROW = 58
HEIGHT = 180
# Of so many points each is drawn large enough to be pointed at.
MOST_LARGE_POINTS = 40
# How far apart names below a line stand at least, in per cent of its width.
APART = Decimal(26)
# So much is left free at both ends of a line, for half of the words below its ends.
MARGIN = Decimal(5)


def _per_cent(part: Decimal, whole: Decimal) -> Decimal:
    """From 0 to 100; at least THINNEST for whatever is above zero."""
    if part <= 0 or whole <= 0:
        return Decimal("0.00")
    return max(THINNEST, min(FULL, part * 100 / whole)).quantize(Decimal("0.01"))


@dataclass(frozen=True)
class Bar(Generic[Thing]):
    """One bar and the thing that it is of; `top` is where its row begins."""

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
    """A bar for each thing by its amount beside the largest; one below zero has no width."""
    largest = max((amount for _thing, amount in things), default=Decimal(0))
    return Bars(
        [
            Bar(thing, Decimal("0.00"), _per_cent(amount, largest), number * ROW)
            for number, (thing, amount) in enumerate(things)
        ]
    )


def funnel(things: Sequence[tuple[Thing, int]]) -> Bars[Thing]:
    """A bar for each step beside the first and widest, each in the middle of the picture."""
    first = Decimal(things[0][1]) if things else Decimal(0)
    found = []
    for number, (thing, count) in enumerate(things):
        width = _per_cent(Decimal(count), first)
        found.append(Bar(thing, (FULL - width) / 2, width, number * ROW))
    return Bars(found)


@dataclass(frozen=True)
class Split:
    """A whole, and how much of it is made up by a part: widths that stand side by side.

    Where the part is larger than the whole, it takes the whole width, and
    `whole` says where the whole ends.
    """

    part: Decimal
    rest: Decimal
    whole: Decimal


def split(part: Decimal, whole: Decimal) -> Split | None:
    """None where there is nothing of which anything could be a part."""
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
    # Words at an end of the line begin or end there, so that none are cut off.
    anchor: str = "middle"

    @property
    def words_at(self) -> Decimal:
        """Where the words below the point stand, across."""
        return {"start": Decimal(0), "middle": self.x, "end": FULL}[self.anchor]


@dataclass(frozen=True)
class Line(Generic[Thing]):
    """Points over a ground line, and the stretches between those that follow each other."""

    points: list[Point[Thing]]
    stretches: list[tuple[Point[Thing], Point[Thing]]]
    largest: Decimal
    height: int = HEIGHT

    @property
    def radius(self) -> int:
        """Of a point: many of them would hide their line."""
        return 4 if len(self.points) <= MOST_LARGE_POINTS else 2

    @property
    def words_at(self) -> int:
        """Where the words below the ground line stand."""
        return self.height + 18

    @property
    def whole_height(self) -> int:
        return self.height + 26


def line(places: Iterable[tuple[int, Thing | None, Decimal]]) -> Line[Thing] | None:
    """A point for each place of time, counted from any beginning, that has a thing.

    A place without one, or left out altogether, breaks the line: nothing is known
    of it, which is not zero. None where there are fewer than two points, or
    none above zero.
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
    """Which of the points at these places have their name below them: the first, the last, and
    those between that stand far enough from each other for their names on a phone."""
    named, last = [0], len(places) - 1
    for number in range(1, last):
        if min(places[number] - places[named[-1]], places[last] - places[number]) >= APART:
            named.append(number)
    return {*named, last}


def heat(amount: Decimal, largest: Decimal) -> int:
    """How dark the cell of an amount is beside the largest: from 0, for none, to MOST_HEAT."""
    if amount <= 0 or largest <= 0:
        return 0
    return max(1, min(MOST_HEAT, int(-(-amount * MOST_HEAT // largest))))
