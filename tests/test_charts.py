"""Positions of bars, points and labels of charts."""

import itertools
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects import charts

amounts = st.decimals(0, Decimal("99999999999999.99"), places=2)


def test_a_bar_is_as_long_as_its_amount_is_beside_the_largest():
    chart = charts.bars([("a", Decimal(4)), ("b", Decimal(1)), ("c", Decimal(-1))])

    assert [(bar.thing, bar.width) for bar in chart.bars] == [
        ("a", Decimal("100.00")),
        ("b", Decimal("25.00")),
        ("c", Decimal("0.00")),
    ]


def test_what_is_there_is_seen_however_small():
    chart = charts.bars([("a", Decimal(10**14)), ("b", Decimal("0.01")), ("c", Decimal(0))])

    assert [bar.width for bar in chart.bars] == [charts.FULL, charts.THINNEST, Decimal("0.00")]


def test_the_steps_of_a_funnel_are_centred():
    chart = charts.funnel([("signed", 97), ("registered", 76), ("started", 47)])

    assert [(bar.left, bar.width) for bar in chart.bars] == [
        (Decimal("0.00"), Decimal("100.00")),
        (Decimal("10.825"), Decimal("78.35")),
        (Decimal("25.775"), Decimal("48.45")),
    ]


def test_a_funnel_of_nothing_has_no_widths():
    assert [bar.width for bar in charts.funnel([("signed", 0)]).bars] == [Decimal("0.00")]


@given(part=amounts, whole=amounts)
def test_a_part_and_the_rest_fill_the_picture(part, whole):
    found = charts.split(part, whole)

    if whole == 0:
        assert found is None
    else:
        assert found.part + found.rest == charts.FULL
        assert 0 <= found.part <= charts.FULL
        assert (found.whole == charts.FULL) or part > whole


def test_a_part_larger_than_the_whole_shows_where_the_whole_ends():
    assert charts.split(Decimal(40), Decimal(10)) == charts.Split(
        Decimal("100.00"), Decimal("0.00"), Decimal("25.00")
    )


def test_a_line_breaks_where_a_place_is_missing_or_not_known():
    found = charts.line(
        [(1, "a", Decimal(1)), (2, "b", Decimal(2)), (4, "d", Decimal(1)), (5, None, Decimal(0))]
    )

    assert [point.thing for point in found.points] == ["a", "b", "d"]
    assert [(one.thing, other.thing) for one, other in found.stretches] == [("a", "b")]


@pytest.mark.parametrize(
    "places",
    [[], [(1, "a", Decimal(1))], [(1, "a", Decimal(0)), (2, "b", Decimal(0))]],
)
def test_there_is_no_line_of_one_point_or_of_nothing(places):
    assert charts.line(places) is None


@given(st.sets(st.integers(0, 400), min_size=2))
def test_names_below_a_line_never_crowd(places):
    found = charts.line((place, place, Decimal(1)) for place in sorted(places))

    named = [point for point in found.points if point.has_tick]
    assert [named[0].thing, named[-1].thing] == [min(places), max(places)]
    assert [named[0].anchor, named[-1].anchor] == ["start", "end"]
    for before, after in itertools.pairwise(named):
        assert after.x - before.x >= charts.APART


@given(amount=amounts, largest=amounts)
def test_a_cell_is_shaded_only_where_there_is_something(amount, largest):
    shade = charts.heat(amount, max(amount, largest))

    assert (shade == 0) == (amount == 0)
    assert shade <= charts.MOST_HEAT
    assert charts.heat(largest, largest) == (charts.MOST_HEAT if largest else 0)
