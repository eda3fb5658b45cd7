"""Hypothesis strategies of registers and query strings."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

from hypothesis import strategies as st

from projects.models import Basis, Qualifier
from tests.factories import (
    make_area,
    make_enterprise,
    make_project,
    make_rate,
    make_receipt,
    make_sector,
    make_source,
)


def make_surroundings():
    """What projects belong to; USD has a rate in early 2023, EUR never."""
    make_rate("USD", "CNY", "7.1234", date(2023, 1, 1))
    return SimpleNamespace(
        areas=[None, make_area(code="a1"), make_area(code="a2")],
        sectors=[make_sector(code=code) for code in ("s1", "s2", "s3")],
        leads=[None, make_enterprise(code="e1", origin="KZ"), make_enterprise(code="e2")],
        sources=[make_source(code="press"), make_source(code="office")],
    )


amounts = st.one_of(
    st.decimals(0, Decimal("99999999999999.99"), places=2),
    st.decimals(0, 10, places=2),
    st.just(Decimal("100.00")),
)
shares = {
    1: [Decimal("100.00")],
    2: [Decimal("33.33"), Decimal("66.67")],
    3: [Decimal("33.33"), Decimal("33.33"), Decimal("33.34")],
}
days = st.sampled_from(
    [None, date(2022, 12, 31), date(2023, 1, 15), date(2023, 2, 15), date(2023, 3, 1)]
)
registers = st.lists(
    st.fixed_dictionaries(
        {
            "area": st.integers(0, 2),
            "lead": st.integers(0, 2),
            "partner": st.booleans(),
            "sectors": st.lists(st.integers(0, 2), unique=True, max_size=3),
            "shared": st.booleans(),
            "stage": st.sampled_from(["intended", "signed", "operating", "terminated"]),
            "amount": st.none() | amounts,
            "currency": st.sampled_from(["CNY", "USD", "EUR"]),
            "qualifier": st.sampled_from(Qualifier.values),
            "day": days,
            "source": st.booleans(),
            "receipts": st.lists(
                st.tuples(amounts, st.booleans(), st.sampled_from(["CNY", "USD", "EUR"]), days),
                max_size=2,
            ),
        }
    ),
    min_size=2,
    max_size=5,
)
one_of_each = {
    "area": ["a1", "a2", "none"],
    "sector": ["s1", "s2", "none"],
    "sector_also": ["s2"],
    "stage": ["signed", "intended"],
    "enterprise": ["e1", "none"],
    "lead": ["e2", "none"],
    "origin": ["KZ", "none"],
    "currency": ["USD", "CNY"],
    "source": ["press", "none"],
    "disclosed": ["true", "false"],
    "updated_after": ["2000-01-01"],
    "amount_min": ["0", "1000"],
    "amount_max": ["99999999999999.99", "1亿"],
    "signed_after": ["2022-01-01", "2023-01-01"],
    "signed_before": ["2023-02-15"],
    "year": ["2022", "2023"],
    "month": ["2023-01", "2022-12"],
    "received_after": ["2023-01-01"],
    "received_before": ["2023-01-31"],
    "search": ["p", "p1"],
}
several = {"area", "sector", "stage", "currency", "source", "year", "month"}


@st.composite
def query_strings(draw):
    """Any combination of filters, repeated ones included, with a basis or without."""
    names = draw(st.lists(st.sampled_from(sorted(one_of_each)), unique=True, max_size=3))
    pairs = []
    for name in names:
        most = 3 if name in several else 1
        values = st.lists(
            st.sampled_from(one_of_each[name]), unique=True, min_size=1, max_size=most
        )
        pairs += [f"{name}={value}" for value in draw(values)]
    basis = draw(st.none() | st.sampled_from(Basis.values))
    return "&".join([*pairs, f"basis={basis}"] if basis else pairs)


def build(around, drawn):
    """The projects and receipts of a register that was drawn."""
    for number, each in enumerate(drawn):
        sectors = [around.sectors[index] for index in each["sectors"]]
        if each["shared"] and sectors:
            sectors = list(zip(sectors, shares[len(sectors)], strict=True))
        lead = around.leads[each["lead"]]
        partner = around.leads[1]
        project = make_project(
            code=f"p{number}",
            area=around.areas[each["area"]],
            enterprise=lead,
            partners=[partner] if each["partner"] and lead != partner else [],
            sectors=sectors,
            sources=around.sources[:1] if each["source"] else [],
            stage=each["stage"],
            amount=each["amount"],
            currency=each["currency"],
            qualifier=each["qualifier"],
            signed_on=each["day"] if each["stage"] != "intended" else None,
            intended_on=each["day"] if each["stage"] == "intended" else None,
        )
        for amount, returned, currency, day in each["receipts"]:
            make_receipt(
                project,
                -amount if returned else amount,
                currency=currency,
                received_on=day or date(2023, 12, 1),
            )
