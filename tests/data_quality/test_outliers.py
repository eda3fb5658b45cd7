"""A slip of unit is told by how far an amount is off its peers, and nothing else is called one."""

from decimal import Decimal
from math import log10

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.money import unit_errors
from projects.money.unit_errors import MIN_PARTS, MIN_PEERS, Distribution, mismatch_above_whole

# Contracted amounts as a list of signings has them: from 20 to 500 million.
PEERS = [Decimal(n) * 10**6 for n in (20, 50, 80, 100, 100, 120, 150, 200, 300, 500)]
AMOUNTS = st.decimals("0.01", "99999999999999.99", places=2)


def mismatch_with_peers(amount, peers):
    return unit_errors.mismatch_with_peers(amount, Distribution(peers))


@pytest.mark.parametrize(
    ("amount", "factor", "is_below"),
    [
        ("10000", 10_000, True),
        ("1000000", 100, True),
        ("1", 100_000_000, True),
        ("10000000000", 100, False),
        ("1000000000000", 10_000, False),
    ],
)
def test_the_likeliest_slip_is_named(amount, factor, is_below):
    slip = mismatch_with_peers(Decimal(amount), PEERS)

    assert (slip.factor, slip.is_below) == (factor, is_below)
    assert slip.meant(Decimal(amount)) == Decimal("100000000")


def test_ten_times_what_all_are_is_a_slip_and_ten_times_what_varies_is_none():
    alike = [Decimal(n) * 10**6 for n in (90, 95, 100, 100, 105, 110, 100, 100)]
    varied = [Decimal(10) ** power for power in (5, 6, 7, 7, 8, 8, 9, 10)]

    assert mismatch_with_peers(Decimal("1000000000"), alike).factor == 10
    assert mismatch_with_peers(Decimal("1000000000"), varied) is None


def test_what_is_usual_is_said_in_round_figures():
    slip = mismatch_with_peers(Decimal("12345678901.23"), PEERS)

    assert (slip.usual, slip.times) == (Decimal("110000000"), Decimal("110"))


def test_with_few_peers_nothing_is_usual():
    assert mismatch_with_peers(Decimal(1), PEERS[: MIN_PEERS - 1]) is None
    assert mismatch_with_peers(Decimal(1), [*PEERS[: MIN_PEERS - 1], Decimal(0)]) is None


@pytest.mark.parametrize("amount", ["0", "-5"])
def test_what_is_not_above_zero_is_no_slip(amount):
    assert mismatch_with_peers(Decimal(amount), PEERS) is None


@given(amount=AMOUNTS, peers=st.lists(AMOUNTS, max_size=30))
def test_what_lies_among_its_peers_is_no_slip_however_they_are_spread(amount, peers):
    for peer in peers:
        if sorted(peers)[len(peers) // 2] == peer and len(peers) % 2:
            assert mismatch_with_peers(peer, peers) is None


@given(amount=AMOUNTS, peers=st.lists(AMOUNTS, min_size=MIN_PEERS, max_size=30))
def test_the_order_of_the_peers_says_nothing_and_a_slip_leads_towards_them(amount, peers):
    slip = mismatch_with_peers(amount, peers)

    assert slip == mismatch_with_peers(amount, peers[::-1])
    if slip:
        assert slip.is_below == (amount < slip.usual)
        assert slip.times >= 5


@given(
    amount=st.decimals("1000000", "500000000", places=2),
    factor=st.sampled_from([10_000, 100_000_000]),
)
def test_ten_thousand_times_off_is_always_told(amount, factor):
    assert mismatch_with_peers(amount * factor, [amount] * MIN_PEERS).factor == factor
    assert mismatch_with_peers(amount, [amount * factor] * MIN_PEERS).is_below


@pytest.mark.parametrize(
    ("amount", "factor"), [("17600000001", 10), ("176000000000", 10), ("176000000000000", 10_000)]
)
def test_more_than_the_whole_that_was_published_is_a_slip(amount, factor):
    assert mismatch_above_whole(Decimal(amount), Decimal("17600000000")).factor == factor


def test_the_whole_itself_is_none():
    assert mismatch_above_whole(Decimal("17600000000"), Decimal("17600000000")) is None
    assert mismatch_above_whole(Decimal(5), Decimal(0)) is None


@given(peers=st.lists(AMOUNTS, min_size=MIN_PARTS + 1, max_size=30), data=st.data())
def test_a_distribution_without_one_amount_is_that_of_the_others(peers, data):
    left_out = data.draw(st.sampled_from(peers))
    others = list(peers)
    others.remove(left_out)

    without = Distribution(peers).middle_and_spread(without=log10(left_out))

    assert without == Distribution(others).middle_and_spread()
