"""The parameters of the filter set of projects."""

from datetime import date
from decimal import Decimal

import pytest
from django.http import QueryDict

from projects.filters import EnterpriseFilterSet, ProjectFilterSet
from projects.models import Enterprise, Project
from tests.factories import (
    make_area,
    make_enterprise,
    make_project,
    make_receipt,
    make_sector,
    make_source,
)

pytestmark = pytest.mark.django_db


def ask(text):
    return ProjectFilterSet(QueryDict(text), Project.objects.visible_to(None))


def codes(text):
    filterset = ask(text)
    assert filterset.errors == {}
    return [project.code for project in filterset.qs]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("colour=red", "colour"),
        ("area=nowhere", "area"),
        ("area=%00", "area"),
        ("sector=' OR 1=1", "sector"),
        ("stage=finished", "stage"),
        ("origin=Atlantis", "origin"),
        ("currency=yuan", "currency"),
        ("basis=arrived", "basis"),
        ("basis=contracted&basis=intended", "basis"),
        ("disclosed=yes", "disclosed"),
        ("amount_min=lots", "amount_min"),
        ("amount_max=5 EUR", "amount_max"),
        ("amount_min=1e400", "amount_min"),
        ("amount_min=about 5", "amount_min"),
        ("signed_after=2023-13-01", "signed_after"),
        ("signed_before=11.11.2023", "signed_before"),
        ("updated_after=0001-01-01", "updated_after"),
        ("updated_before=yesterday", "updated_before"),
        ("year=23", "year"),
        ("year=2023.0", "year"),
        ("month=2023-1", "month"),
        ("month=2023-13", "month"),
        ("ordering=colour", "ordering"),
        ("ordering=name&ordering=code", "ordering"),
        ("search=" + "x" * 201, "search"),
        ("search=%00", "search"),
        ("as_of=2023-11-11", "as_of"),
        ("area=" + "&area=".join(f"a{i}" for i in range(201)), "area"),
    ],
)
def test_an_invalid_value_is_named_and_selects_nothing(text, named):
    make_project()

    filterset = ask(text)

    assert list(filterset.errors) == [named]
    assert not filterset.qs.exists()


def test_one_invalid_value_makes_the_filter_set_empty():
    make_project(area=make_area(code="kashi"))

    assert not ask("area=kashi&stage=finished").qs.exists()


def test_empty_values_are_ignored():
    make_project(code="p")

    assert codes("area=&stage=&search=&amount_min=&ordering=&disclosed=&year=") == ["p"]


def test_repeated_codes_are_alternatives_and_none_means_not_stated():
    kashi, urumqi = make_area(code="kashi"), make_area(code="urumqi")
    for code, area in (("k", kashi), ("u", urumqi), ("n", None)):
        make_project(code=code, area=area)

    assert codes("area=kashi") == ["k"]
    assert codes("area=kashi&area=urumqi") == ["k", "u"]
    assert codes("area=none") == ["n"]
    assert codes("area=urumqi&area=none") == ["n", "u"]


def test_enterprise_selects_leads_and_partners_and_lead_only_leads():
    one, other = make_enterprise(code="one"), make_enterprise(code="other")
    make_project(code="leads", enterprise=one, partners=[other])
    make_project(code="partner", enterprise=other, partners=[one])
    make_project(code="neither")

    assert codes("enterprise=one") == ["leads", "partner"]
    assert codes("lead=one") == ["leads"]
    assert codes("enterprise=none") == ["neither"]
    assert codes("lead=none") == ["neither"]


def test_a_project_in_two_selected_sectors_is_listed_once():
    trade, it = make_sector(code="trade"), make_sector(code="it")
    make_project(code="both", sectors=[(trade, None), (it, None)])
    make_project(code="bare")

    assert codes("sector=trade&sector=it") == ["both"]
    assert codes("sector=none") == ["bare"]
    assert codes("sector=trade&sector_also=it") == ["both"]


def test_origin_is_that_of_the_lead_enterprise():
    make_project(code="kz", enterprise=make_enterprise(origin="KZ"))
    make_project(code="unknown", enterprise=make_enterprise(origin=""))
    make_project(code="nobody")

    assert codes("origin=KZ") == ["kz"]
    assert codes("origin=none") == ["nobody", "unknown"]


def test_sources_are_found_by_code_and_none_means_uncited():
    make_project(code="cited", sources=[make_source(code="press")])
    make_project(code="bare")

    assert codes("source=press") == ["cited"]
    assert codes("source=none") == ["bare"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("amount_min=1亿", ["large"]),
        ("amount_min=5000万", ["large", "small"]),
        ("amount_max=50000000", ["small"]),
        ("amount_min=0.1bn&amount_max=100,000,000", ["large"]),
        ("disclosed=false", ["silent"]),
        ("disclosed=true", ["large", "small"]),
    ],
)
def test_bounds_are_inclusive_and_may_be_written_in_words(text, found):
    make_project(code="large", amount=Decimal("100000000"))
    make_project(code="small", amount=Decimal("50000000"))
    make_project(code="silent", amount=None)

    assert codes(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("signed_after=2023-11-11", ["b", "c"]),
        ("signed_before=2023-11-11", ["a", "b"]),
        ("year=2023", ["a", "b"]),
        ("year=2023&year=2024", ["a", "b", "c"]),
        ("year=none", ["d"]),
        ("month=2023-11", ["b"]),
        ("month=2023-11&year=2024", []),
    ],
)
def test_dates_are_inclusive(text, found):
    for code, day in (
        ("a", date(2023, 1, 1)),
        ("b", date(2023, 11, 11)),
        ("c", date(2024, 1, 1)),
        ("d", None),
    ):
        make_project(code=code, signed_on=day)

    assert codes(text) == found


def test_year_filters_the_date_of_the_basis():
    make_project(code="wish", stage="intended", signed_on=None, intended_on=date(2022, 5, 5))
    paid = make_project(code="paid", signed_on=date(2010, 1, 1))
    make_receipt(paid, Decimal("1.00"), received_on=date(2022, 6, 6))

    assert codes("basis=intended&year=2022") == ["wish"]
    assert codes("basis=received&year=2022") == ["paid"]
    assert codes("basis=contracted&year=2022") == []


def test_one_receipt_must_match_year_and_month():
    project = make_project()
    make_receipt(project, Decimal("1.00"), received_on=date(2021, 3, 1))
    make_receipt(project, Decimal("1.00"), received_on=date(2022, 6, 1))

    assert codes("basis=received&year=2021&month=2022-06") == []


def test_updated_accepts_dates_and_datetimes():
    project = make_project(code="p")
    day = project.updated_at.astimezone().date()

    assert codes("updated_after=2000-01-01") == ["p"]
    assert codes("updated_before=2000-01-01T00:00:00Z") == []
    assert codes("updated_after=2000-01-01T00:00:00+08:00") == ["p"]
    assert codes(f"updated_before={day.replace(year=day.year + 1)}") == ["p"]


@pytest.mark.parametrize(
    "words",
    ["Kashi port", "喀什", "kashi", "ks-9", "物流港", "wuliugang", "wlg", "Zhongya", "中亚 物流"],
)
def test_search_finds_names_pinyin_initials_codes_and_enterprises(words):
    enterprise = make_enterprise(name="Zhongya Trade", name_zh="中亚贸易")
    make_project(
        code="KS-9", name="Kashi logistics port", name_zh="喀什物流港", enterprise=enterprise
    )
    make_project(code="OTHER", name="Something else")

    assert codes(f"search={words}") == ["KS-9"]


def test_every_word_of_a_search_must_match():
    make_project(code="a", name="Cold chain base")

    assert codes("search=cold chain") == ["a"]
    assert codes("search=cold warehouse") == []


def test_each_word_of_a_search_costs_the_same():
    # One to a project's own key, two to those of its enterprises.
    compared = [
        str(Project.objects.matching(" ".join("abcdef"[:words])).query).count("LIKE")
        for words in range(1, 7)
    ]

    assert compared == [3 * words for words in range(1, 7)]


def test_a_search_of_very_many_words_works():
    make_project(name="Silk")

    assert codes("search=" + " ".join(f"s{number}" for number in range(49))) == []


@pytest.mark.parametrize(
    ("ordering", "found"),
    [
        ("amount", ["a", "c", "b", "d"]),
        ("-amount", ["b", "a", "c", "d"]),
        ("signed_on", ["b", "a", "c", "d"]),
        ("-signed_on", ["c", "a", "b", "d"]),
        ("-code", ["d", "c", "b", "a"]),
    ],
)
def test_empty_values_come_last_and_ties_are_ordered_by_code(ordering, found):
    make_project(code="c", amount=Decimal("1"), signed_on=date(2023, 3, 3))
    make_project(code="a", amount=Decimal("1"), signed_on=date(2023, 2, 2))
    make_project(code="b", amount=Decimal("2"), signed_on=date(2023, 1, 1))
    make_project(code="d", amount=None, signed_on=None)

    assert codes(f"ordering={ordering}") == found


def test_enterprises_settled_by_a_day_include_those_without_a_date():
    area = make_area()
    make_enterprise(code="early", area=area, settled_on=date(2023, 1, 1))
    make_enterprise(code="late", area=area, settled_on=date(2024, 1, 1))
    make_enterprise(code="undated", area=area)
    make_enterprise(code="elsewhere")

    filterset = EnterpriseFilterSet(
        QueryDict("settled_by=2023-11-11"), Enterprise.objects.visible_to(None)
    )

    assert [enterprise.code for enterprise in filterset.qs] == ["early", "undated"]
