"""Allocation to shares, conversion by rates, bounds of sums, and currencies."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects import money
from projects.money import Rate


@st.composite
def shares(draw):
    cuts = sorted(draw(st.lists(st.integers(0, 10000), max_size=6)))
    edges = [0, *cuts, 10000]
    return [Decimal(b - a) / 100 for a, b in pairwise(edges)]


@given(st.integers(-money.MAX_MINOR, money.MAX_MINOR), shares())
def test_allocated_parts_add_up_and_lie_within_a_hundredth_of_their_share(amount, shares):
    parts = money.allocate(amount, shares)

    assert sum(parts) == amount
    for part, share in zip(parts, shares, strict=True):
        assert abs(part - Fraction(amount) * Fraction(share) / 100) < 1
    assert money.allocate(-amount, shares) == [-part for part in parts]


def test_the_odd_hundredth_goes_to_the_earlier_of_equals():
    assert money.equal_parts(10000, 3) == [3334, 3333, 3333]
    assert money.allocate(1, [Decimal(50), Decimal(50)]) == [1, 0]


@pytest.mark.parametrize("wrong", [[Decimal("99.99")], [Decimal(150), Decimal(-50)], []])
def test_shares_that_do_not_make_a_hundred_are_refused(wrong):
    with pytest.raises(ValueError, match="100"):
        money.allocate(100, wrong)


def rate(one, other, value):
    return Rate(one, other, Decimal(value), date(2023, 11, 1))


def test_rates_work_in_both_directions_and_chain():
    assert money.factor([rate("USD", "CNY", "7.2")], "USD", "CNY") == Fraction("7.2")
    assert money.factor([rate("USD", "CNY", "8")], "CNY", "USD") == Fraction(1, 8)
    crossed = money.factor([rate("USD", "EUR", "0.9"), rate("USD", "CNY", "7.2")], "EUR", "CNY")
    assert crossed == 8
    with pytest.raises(ValueError, match="There is no rate for EUR"):
        money.factor([rate("USD", "CNY", "7.2")], "EUR", "CNY")


@given(
    st.integers(-money.MAX_MINOR, money.MAX_MINOR),
    st.fractions(Fraction(1, 10**6), 10**6),
)
def test_a_conversion_is_rounded_half_up_once(minor, factor):
    converted = money.convert(minor, factor)

    exact = abs(minor) * factor
    assert exact - Fraction(1, 2) < abs(converted) <= exact + Fraction(1, 2)
    assert money.convert(-minor, factor) == -converted


@pytest.mark.parametrize(
    ("factor", "printed"),
    [
        (Fraction("7.2018"), "7.2018"),
        (Fraction("7.123456789012345678901234567"), "7.123456789012345678901234567"),
        (Fraction("0.00000012"), "0.00000012"),
        (Fraction(1, 8), "0.125"),
        (Fraction(500), "500"),
        (Fraction(1, 3), "0.333333333333333"),
    ],
)
def test_a_rate_is_printed_as_it_was_published(factor, printed):
    assert f"{money.printable_rate(factor):f}" == printed


@pytest.mark.parametrize(
    "factor", [Fraction(1, 2**40), Fraction(1, 3 * 10**20), Fraction(10**27, 3)]
)
def test_a_printed_rate_fits_into_its_column(factor):
    printed = money.printable_rate(factor)

    assert printed > 0
    assert len(f"{printed:f}") <= 30


@given(st.fractions(Fraction(1, 10**8), 10**8))
def test_a_printed_rate_is_right_to_fourteen_digits(factor):
    printed = Fraction(money.printable_rate(factor))

    assert abs(printed - factor) <= factor / 10**14


FLAGS = ["at_least", "about", "at_most", "incomplete"]


@pytest.mark.parametrize(
    ("qualifiers", "bound"),
    [
        ([], "exact"),
        (["about"], "about"),
        (["at_most"], "at_most"),
        (["at_least"], "at_least"),
        (["incomplete"], "at_least"),
        (["about", "at_least"], "at_least"),
        (["about", "incomplete"], "at_least"),
        (["about", "at_most"], "about"),
        (["at_least", "at_most"], "about"),
        (["at_most", "incomplete"], "about"),
        (FLAGS, "about"),
    ],
)
def test_the_bound_of_a_sum_follows_from_its_amounts(qualifiers, bound):
    assert money.bound(**{flag: flag in qualifiers for flag in FLAGS}) == bound


@given(st.sets(st.sampled_from(FLAGS)))
def test_a_sum_is_never_more_certain_than_its_amounts(qualifiers):
    found = money.bound(**{flag: flag in qualifiers for flag in FLAGS})

    assert (found == "exact") == (not qualifiers)
    if qualifiers & {"at_least", "incomplete"}:
        assert found != "at_most"
    if "at_most" in qualifiers:
        assert found != "at_least"


@pytest.mark.parametrize("code", ["CNY", "USD", "KZT", "EUR", "TWD"])
def test_currencies_in_use_are_known(code):
    assert money.is_currency(code)


@pytest.mark.parametrize("code", ["cny", "XAU", "XXX", "DEM", "RMB", "", "CNYY"])
def test_other_codes_are_no_currencies(code):
    assert not money.is_currency(code)
