"""/enterprises/: who settled, from where, and the files of the list."""

from datetime import date

import pytest

from tests.factories import make_area, make_enterprise, make_project
from tests.helpers.page_parser import query_of

pytestmark = pytest.mark.django_db


def test_a_row_says_where_from_what_kind_and_when(ask):
    kashi = make_area(name="Kashi")
    make_enterprise(
        code="zj",
        name="Zhejiang Textiles",
        name_zh="浙江纺织有限公司",
        area=kashi,
        origin="CN-ZJ",
        kind="state_owned",
        settled_on=date(2023, 11, 11),
    )

    page = ask("/enterprises/")

    assert page.rows() == [
        [
            "Zhejiang Textiles 浙江纺织有限公司",
            "zj",
            "Kashi",
            "2023-11-11",
            "Zhejiang",
            "state-owned",
        ]
    ]
    assert page.one("tbody").one(lang="zh-Hans").text == "浙江纺织有限公司"


def test_unknown_values_are_shown_as_such(ask):
    make_enterprise(code="e", name="E")

    assert ask("/enterprises/").rows() == [
        ["E", "e", "not stated", "–", "not stated", "not stated"]
    ]


def test_enterprises_can_be_filtered_by_missing_values(ask):
    make_enterprise(code="known", kind="private")
    make_enterprise(code="unknown")

    assert [row[1] for row in ask("/enterprises/", kind="none").rows()] == ["unknown"]


def test_the_filters_of_a_headline_are_kept_and_named(ask):
    kashi = make_area(code="kashi", name="Kashi")
    make_project(enterprise=make_enterprise(code="with", area=kashi))
    make_enterprise(code="without", area=kashi)

    page = ask("/enterprises/", area="kashi", settled_by="2023-11-11", contracted_by="2023-11-11")

    assert [row[1] for row in page.rows()] == ["with"]
    assert "open" in page.one("details", id="more-filters").attributes
    assert (
        page.one("form", id="filters").one("input", name="contracted_by").attributes["value"]
        == "2023-11-11"
    )


def test_the_files_ask_the_same(ask):
    href = ask("/enterprises/", kind="private", page_size="10").link("XLSX")

    assert href.startswith("export.xlsx?")
    assert query_of(href) == [("kind", "private")]
