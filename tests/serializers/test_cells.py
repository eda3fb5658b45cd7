"""A record as a row of cells and back, as exports write it and imports read it."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.exceptions import ValidationError

from projects.models import Qualifier, Stage
from projects.names.text_rules import join_lines
from projects.serializers import EnterpriseSerializer, ProjectSerializer
from projects.serializers.cells import from_cells, headings, to_cells
from projects.spreadsheets.cells import as_text

PROJECT = {
    "code": "KS-2023-001",
    "name": "Cotton yarn",
    "name_zh": "棉纱",
    "aliases": ["Yarn; park", "纱、园"],
    "area": "kashi",
    "enterprise": None,
    "partners": ["one", "two.2"],
    "sectors": [{"sector": "trade", "share": "60.00"}, {"sector": "it", "share": "40.00"}],
    "stage": "signed",
    "intended_on": None,
    "signed_on": "2023-11-11",
    "registered_on": None,
    "started_on": None,
    "operating_on": None,
    "terminated_on": None,
    "amount": "100000000.00",
    "currency": "USD",
    "qualifier": "at_least",
    "amount_text": "more than 100 million dollars",
    "amount_base": "710000000.00",
    "base_currency": "CNY",
    "rate": "7.1",
    "rate_date": "2023-11-10",
    "rates": [
        {
            "from_currency": "USD",
            "to_currency": "CNY",
            "rate": "7.1",
            "quoted_on": "2023-11-10",
            "source": "pboc",
        }
    ],
    "received": None,
    "description": "",
    "note": "",
    "sources": ["press"],
    "state": "published",
    "version": 3,
    "created_at": "2023-11-13T08:00:00+00:00",
    "updated_at": "2023-11-13T08:00:00Z",
    "url": "/projects/KS-2023-001/",
}
READ_ONLY = {
    "amount_base",
    "base_currency",
    "rate",
    "rate_date",
    "rates",
    "received",
    "state",
    "version",
    "created_at",
    "updated_at",
    "url",
}


def row(**changes):
    return dict(
        zip(
            headings(ProjectSerializer),
            to_cells(ProjectSerializer, PROJECT | changes),
            strict=True,
        )
    )


def test_every_field_is_a_column_in_the_order_of_the_api():
    assert headings(ProjectSerializer) == list(PROJECT)


def test_cells_have_the_types_of_what_they_hold():
    cells = row()

    assert cells["amount"] == Decimal("100000000.00")
    assert cells["amount_base"] == Decimal("710000000.00")
    assert cells["rate"] == Decimal("7.1")
    assert cells["signed_on"] == date(2023, 11, 11)
    assert cells["rate_date"] == date(2023, 11, 10)
    assert cells["updated_at"] == datetime(2023, 11, 13, 8, tzinfo=UTC)
    assert cells["version"] == 3
    assert (cells["received"], cells["enterprise"]) == (None, None)


def test_lists_are_read_by_people():
    cells = row()

    assert cells["partners"] == "one; two.2"
    assert cells["sectors"] == "trade 60.00; it 40.00"
    assert cells["aliases"] == "Yarn; park\n纱、园"
    assert cells["rates"] == "1 USD = 7.1 CNY (2023-11-10, pboc)"


def test_shares_that_are_not_known_are_not_written():
    sectors = [{"sector": "trade", "share": None}, {"sector": "it", "share": None}]

    assert row(sectors=sectors)["sectors"] == "trade; it"


def test_columns_that_are_only_read_are_dropped():
    cells = {name: as_text(cell) for name, cell in row().items()}

    assert not from_cells(ProjectSerializer, cells).keys() & READ_ONLY


def test_a_blank_cell_has_no_value():
    assert from_cells(ProjectSerializer, {"code": "x", "name": "  ", "amount": ""}) == {"code": "x"}


def test_an_unknown_column_is_left_for_the_serializer_to_refuse():
    assert from_cells(ProjectSerializer, {"colour": ""}) == {"colour": ""}


@pytest.mark.parametrize(
    "text", ["one;two", "one；two", "one、two", " one ; two ;", "one\r\ntwo\n"]
)
def test_codes_are_parted_as_people_part_them(text):
    assert from_cells(ProjectSerializer, {"partners": text}) == {"partners": ["one", "two"]}


@pytest.mark.parametrize(
    "text",
    [
        "trade 60; it 40",
        "trade 60%;it 40 %",
        "trade\u300060％；it  40",
        "trade 60、it 40",
        "trade 60\nit 40\n",
    ],
)
def test_sectors_are_read_with_their_shares(text):
    assert from_cells(ProjectSerializer, {"sectors": text})["sectors"] == [
        {"sector": "trade", "share": "60"},
        {"sector": "it", "share": "40"},
    ]


def test_a_code_that_looks_like_a_share_is_a_code():
    assert from_cells(ProjectSerializer, {"sectors": "60.00 50; 7"})["sectors"] == [
        {"sector": "60.00", "share": "50"},
        {"sector": "7", "share": None},
    ]


@pytest.mark.parametrize(
    "text", ["trade sixty", "trade 60.001", "trade 6 0", "trade -5", "trade 60, it 40", "a 1e1"]
)
def test_a_share_that_cannot_be_read_is_refused_with_the_way_to_write_it(text):
    with pytest.raises(ValidationError) as caught:
        from_cells(ProjectSerializer, {"sectors": text})

    (message,) = caught.value.detail["sectors"]
    assert message.startswith(f"“{text}” is not a sector with a share")


codes = st.from_regex(r"[._-]{0,2}[A-Za-z0-9][A-Za-z0-9._-]{0,8}", fullmatch=True)
days = st.none() | st.dates().map(str)
lines = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1).filter(
    lambda text: text.strip() == text and text
)
# Without line breaks, which a model refuses in a field of one line.
single_lines = st.text().map(join_lines)
moments = st.datetimes(timezones=st.just(UTC)).map(lambda moment: moment.isoformat())
shares = st.decimals("0.01", "100.00", places=2).map(str)
sectors = st.lists(
    st.fixed_dictionaries({"sector": codes, "share": st.none() | shares}), max_size=3
)
named = {
    "code": codes,
    "name": single_lines,
    "name_zh": single_lines,
    "aliases": st.lists(lines, max_size=3),
    "area": st.none() | codes,
    "note": st.text(),
    "sources": st.lists(codes, max_size=3),
    "state": st.just("published"),
    "version": st.integers(1, 10**6),
    "created_at": moments,
    "updated_at": moments,
    "url": st.just("/here/"),
}
projects = st.fixed_dictionaries(
    {
        **named,
        "enterprise": st.none() | codes,
        "partners": st.lists(codes, max_size=3),
        "sectors": sectors,
        "stage": st.sampled_from(Stage.values),
        **{name: days for name in PROJECT if name.endswith("_on")},
        "amount": st.none() | st.decimals(0, Decimal("99999999999999.99"), places=2).map(str),
        "currency": st.sampled_from(["CNY", "USD"]),
        "qualifier": st.sampled_from(Qualifier.values),
        "amount_text": st.text(max_size=200).map(join_lines),
        "description": st.text(),
        **{name: st.just(PROJECT[name]) for name in READ_ONLY - named.keys()},
    }
)
enterprises = st.fixed_dictionaries(
    {
        **named,
        "uscc": st.sampled_from(["", "91110000600037341L"]),
        "origin": st.sampled_from(["", "CN-ZJ"]),
        "kind": st.sampled_from(["", "private"]),
        "settled_on": days,
    }
)


@given(
    st.tuples(st.just(ProjectSerializer), projects)
    | st.tuples(st.just(EnterpriseSerializer), enterprises)
)
def test_what_is_written_reads_back_as_what_it_was(noun):
    serializer, record = noun
    texts = [as_text(cell) for cell in to_cells(serializer, record)]

    read = from_cells(serializer, dict(zip(headings(serializer), texts, strict=True)))

    assert read == {
        name: value
        for name, value in record.items()
        # Empty values have blank cells, and a blank cell has no value.
        if name not in READ_ONLY
        and value not in (None, [])
        and (value != "" and str(value).strip())
    }
