"""Totals: counts, bounds, exact sums, and the lists that they link to."""

from datetime import date
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from projects.filters import ProjectFilterSet
from projects.filters.totals import DIMENSIONS
from projects.models import Allocation, Basis, Project, Qualifier, Stage
from projects.totals import totals
from tests.factories import (
    make_area,
    make_enterprise,
    make_project,
    make_rate,
    make_receipt,
    make_sector,
)
from tests.helpers.selection import quick_examples

pytestmark = pytest.mark.django_db


def ask(text=""):
    filterset = ProjectFilterSet(QueryDict(text), Project.objects.visible_to(None))
    assert filterset.is_valid(), filterset.errors
    return filterset


def rows(table):
    return {tuple(row.keys.values()): row for row in table.rows}


def test_a_project_in_two_sectors_counts_once_in_each_and_once_in_the_total():
    trade, it = make_sector(code="trade"), make_sector(code="it")
    make_project(amount=Decimal("100.01"), sectors=[(trade, None), (it, None)])

    table = totals.totals(ask(), ["sector"], Basis.CONTRACTED)

    assert rows(table)[("trade",)].amount == Decimal("50.01")
    assert rows(table)[("it",)].amount == Decimal("50.00")
    assert table.total.amount == Decimal("100.01")
    assert (table.total.projects, table.overlap) == (1, 1)


def test_undisclosed_projects_are_counted_and_make_the_sum_a_lower_bound():
    make_project(amount=Decimal("1.00"))
    make_project(amount=None)

    whole = totals.total(ask(), Basis.CONTRACTED)

    assert (whole.projects, whole.disclosed, whole.undisclosed) == (2, 1, 1)
    assert whole.bound == Qualifier.AT_LEAST


def test_zero_is_a_disclosed_amount():
    make_project(amount=Decimal("0.00"))

    whole = totals.total(ask(), Basis.CONTRACTED)

    assert (whole.disclosed, whole.amount, whole.bound) == (1, Decimal("0.00"), Qualifier.EXACT)


def test_total_counts_what_it_left_out():
    make_project(amount=Decimal("1.00"), currency="USD")
    make_project(amount=Decimal("2.00"), currency="CNY")

    whole = totals.total(ask(), Basis.CONTRACTED)

    assert (whole.disclosed, whole.left_out, whole.amount) == (2, 1, Decimal("2.00"))
    assert whole.bound == Qualifier.AT_LEAST


@pytest.mark.parametrize(
    ("qualifiers", "bound"),
    [
        (["exact", "exact"], "exact"),
        (["exact", "about"], "about"),
        (["about", "at_least"], "at_least"),
        (["exact", "at_most"], "at_most"),
        (["at_least", "at_most"], "about"),
    ],
)
def test_the_bound_of_a_sum_follows_from_its_parts(qualifiers, bound):
    for qualifier in qualifiers:
        make_project(amount=Decimal("1.00"), qualifier=qualifier)

    assert totals.total(ask(), Basis.CONTRACTED).bound == bound


def test_contracted_covers_signed_and_later_but_not_intended_nor_terminated():
    for stage in Stage.values:
        make_project(code=stage, amount=Decimal("1.00"), stage=stage)

    assert totals.total(ask(), Basis.CONTRACTED).projects == 4
    assert totals.total(ask(), Basis.INTENDED).projects == 1


def test_a_total_beyond_64_bits_is_exact():
    project = make_project(amount=None)
    Allocation.objects.filter(project=project).delete()
    Allocation.objects.bulk_create(
        Allocation(
            project=project,
            assumed=False,
            base_currency="CNY",
            outcome="counted",
            amount_base=Decimal("99999999999999.99"),
        )
        for _ in range(1000)
    )

    assert totals.total(ask(), Basis.CONTRACTED).amount == Decimal("99999999999999990.00")


def test_received_totals_of_a_year_sum_its_receipts():
    project = make_project(signed_on=date(2010, 1, 1))
    make_receipt(project, Decimal("10.00"), received_on=date(2011, 1, 31))
    make_receipt(project, Decimal("-4.00"), received_on=date(2011, 2, 1))
    make_receipt(project, Decimal("1.00"), received_on=date(2012, 2, 1))

    table = totals.totals(ask("basis=received&year=2011"), ["month"], Basis.RECEIVED)

    assert {key: row.amount for key, row in rows(table).items()} == {
        ("2011-01",): Decimal("10.00"),
        ("2011-02",): Decimal("-4.00"),
    }
    assert table.total.amount == Decimal("6.00")


def test_rows_of_other_sectors_link_to_projects_of_both_sectors():
    trade, it, other = (make_sector(code=code) for code in ("trade", "it", "other"))
    make_project(code="both", sectors=[(trade, None), (it, None)])
    make_project(code="it-only", sectors=[(it, None)])
    make_project(code="three", sectors=[(trade, None), (other, None)])

    table = totals.totals(ask("sector=trade"), ["sector"], Basis.CONTRACTED)

    href = rows(table)[("it",)].href
    assert [p.code for p in ask(urlsplit(href).query).qs] == ["both"]


def build(data):
    """A small random register."""
    areas = [None, make_area(code="a1"), make_area(code="a2")]
    sectors = [make_sector(code=code) for code in ("s1", "s2", "s3")]
    leads = [None, make_enterprise(code="e1", origin="KZ"), make_enterprise(code="e2")]
    make_rate("USD", "CNY", "7.1234", date(2023, 1, 1))
    for number, drawn in enumerate(data):
        project = make_project(
            code=f"p{number}",
            area=areas[drawn["area"]],
            enterprise=leads[drawn["lead"]],
            sectors=[(sectors[i], None) for i in drawn["sectors"]],
            stage=drawn["stage"],
            amount=drawn["amount"],
            currency=drawn["currency"],
            qualifier=drawn["qualifier"],
            signed_on=drawn["signed_on"],
            intended_on=None,
        )
        for amount in drawn["receipts"]:
            make_receipt(project, amount, received_on=date(2023, 2, 1))


amounts = st.decimals(0, Decimal("99999999999.99"), places=2)
drawn_projects = st.lists(
    st.fixed_dictionaries(
        {
            "area": st.integers(0, 2),
            "lead": st.integers(0, 2),
            "sectors": st.lists(st.integers(0, 2), unique=True, max_size=3),
            "stage": st.sampled_from(["intended", "signed", "operating", "terminated"]),
            "amount": st.none() | amounts,
            "currency": st.sampled_from(["CNY", "USD", "EUR"]),
            "qualifier": st.sampled_from(Qualifier.values),
            "signed_on": st.sampled_from([None, date(2022, 12, 31), date(2023, 1, 15)]),
            "receipts": st.lists(amounts, max_size=2),
        }
    ),
    max_size=6,
)
questions = st.lists(
    st.sampled_from(
        [
            "area=a1",
            "area=none",
            "sector=s1",
            "sector=s1&sector=none",
            "sector_also=s2",
            "stage=signed",
            "enterprise=e1",
            "lead=none",
            "origin=KZ",
            "currency=USD",
            "disclosed=true",
            "amount_min=1000",
            "signed_after=2023-01-01",
            "year=2022",
        ]
    ),
    unique=True,
    max_size=3,
).map("&".join)


class TotalsAgreeWithTheRecords(TestCase):
    """In a class of hypothesis's own, as each example needs a database of its own."""

    @quick_examples(12)
    @given(data=drawn_projects, filterset=questions, by=st.permutations(list(DIMENSIONS)))
    def test_rows_add_up_to_the_total_and_lead_to_their_records(self, data, filterset, by):
        build(data)
        for basis in Basis:
            asked = ask(f"{filterset}&basis={basis.value}" if filterset else f"basis={basis.value}")
            table = totals.totals(asked, by[:2], basis)

            assert sum(row.amount for row in table.rows) == table.total.amount
            for row in [*table.rows, table.total]:
                listed = ask(urlsplit(row.href).query).qs
                assert listed.count() == row.projects, row.href
            if basis != Basis.RECEIVED:
                exported = sum(
                    project.conversion.amount_base or 0
                    for project in asked.qs.select_related("conversion")
                )
                assert exported == table.total.amount
