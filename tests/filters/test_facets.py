"""Facets: the count of each value is the number of records after a click on it."""

from datetime import date

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from projects.filters import EnterpriseFilterSet, ProjectFilterSet, facets
from projects.filters.facet_counts import MAX_OPTIONS, count_facet
from projects.models import Basis, Enterprise
from projects.totals import totals
from tests.factories import (
    make_area,
    make_enterprise,
    make_project,
    make_receipt,
    make_sector,
    make_source,
    make_user,
)
from tests.helpers.selection import quick_examples
from tests.helpers.strategies import build, make_surroundings, query_strings, registers

pytestmark = pytest.mark.django_db


def ask(query, user=None, noun=ProjectFilterSet):
    records = noun._meta.model.objects.visible_to(user)
    filterset = noun(QueryDict(query), records, user=user)
    assert filterset.errors == {}
    return filterset


def facets_of(query, user=None, noun=ProjectFilterSet):
    filterset = ask(query, user, noun)
    return {
        facet.parameter: count_facet(facet, filterset, filterset.qs.count())
        for facet in facets.facets_of(filterset)
    }


def numbers(query, parameter, **more):
    return {one.value: one.count for one in facets_of(query, **more)[parameter].options}


def clicked(query, parameter, option):
    """The query string after a click on an option."""
    asked = QueryDict(query, mutable=True)
    asked.setlist(parameter, option.asks)
    return asked.urlencode()


def check_every_click(query, user=None, noun=ProjectFilterSet):
    for parameter, facet in facets_of(query, user, noun).items():
        for option in facet.options:
            found = ask(clicked(query, parameter, option), user, noun)
            assert found.qs.count() == option.count, (query, parameter, option)


def check_totals(query):
    """Where a dimension of the totals is a facet as well, both count the same projects."""
    filterset = ask(query)
    basis = Basis(filterset.requested_basis or Basis.CONTRACTED)
    filterset = ask(query if filterset.requested_basis else f"{query}&basis={basis.value}")
    for parameter in ("area", "sector", "stage", "origin", "currency", "year"):
        if parameter in filterset.active_parameters():
            continue
        table = totals.totals(filterset, [parameter], basis)
        rows = {row.keys[parameter] or "none": row.projects for row in table.rows}
        counted = facets_of(filterset.data.urlencode())[parameter].options
        assert {one.value: one.count for one in counted} == rows, (query, parameter)


class RandomQueries(TestCase):
    """In a class of hypothesis's own, as each example needs a database of its own."""

    @classmethod
    def setUpTestData(cls):
        cls.around = make_surroundings()

    @quick_examples(8)
    @given(drawn=registers, queries=st.lists(query_strings(), min_size=2, max_size=2))
    def test_facet_counts_equal_lists_and_totals(self, drawn, queries):
        build(self.around, drawn)

        for query in queries:
            check_every_click(query)
            check_totals(query)


def test_a_facet_counts_what_a_click_changes_the_list_to():
    kashi, urumqi = make_area(code="kashi"), make_area(code="urumqi")
    for area in (kashi, kashi, kashi, urumqi, urumqi, None):
        make_project(area=area)

    assert numbers("", "area") == {"kashi": 3, "urumqi": 2, "none": 1}
    # A click removes a selected value and adds another.
    assert numbers("area=kashi", "area") == {"kashi": 6, "urumqi": 5, "none": 4}
    assert numbers("area=kashi&area=none", "area") == {"kashi": 1, "urumqi": 6, "none": 3}


def test_a_project_of_several_sectors_is_never_counted_twice():
    trade, it = make_sector(code="trade"), make_sector(code="it")
    make_project(sectors=[trade, it])
    make_project(sectors=[it])
    make_project()

    assert numbers("", "sector") == {"it": 2, "trade": 1, "none": 1}
    assert numbers("sector=trade", "sector") == {"it": 2, "trade": 3, "none": 2}
    assert numbers("sector=trade&sector=it", "sector") == {"it": 1, "trade": 2, "none": 3}


def test_a_project_that_received_funds_in_two_years_counts_once_in_each():
    project = make_project()
    for day in (date(2022, 1, 1), date(2022, 6, 1), date(2023, 1, 1)):
        make_receipt(project, received_on=day)

    assert numbers("basis=received", "year") == {"2022": 1, "2023": 1}
    assert numbers("basis=received&year=2022", "year") == {"2022": 1, "2023": 1}


def test_a_click_on_a_single_value_facet_replaces_the_selection():
    make_project(amount=1)
    make_project(amount=2)
    make_project(amount=None)

    assert numbers("", "disclosed") == {"true": 2, "false": 1}
    assert numbers("disclosed=true", "disclosed") == {"true": 3, "false": 1}
    check_every_click("disclosed=true")


def test_selected_values_are_listed_even_without_records():
    make_area(code="empty")
    make_project(area=make_area(code="kashi"))

    found = {one.value: one for one in facets_of("area=empty")["area"].options}

    assert (found["empty"].chosen, found["empty"].count) == (True, 1)
    assert (found["kashi"].chosen, found["kashi"].count) == (False, 1)


def test_the_most_frequent_and_the_selected_values_are_listed():
    for number in range(25):
        sources = [make_source(code=f"s{number:02}")]
        for _ in range(2 if number == 24 else 1):
            make_project(sources=sources)

    facet = facets_of("source=s23")["source"]

    assert facet.has_more
    assert len(facet.options) == MAX_OPTIONS
    values = [one.value for one in facet.options]
    assert values[0] == "s24"
    assert "s23" in values
    check_every_click("source=s23")


@pytest.mark.parametrize("words", ["Customs", "report customs", "S24"])
def test_other_values_are_found_by_name_and_code(words):
    for number in range(25):
        title = "Customs report" if number == 24 else f"Paper {number}"
        make_project(sources=[make_source(code=f"s{number:02}", title=title)])
    filterset = ask("")
    (facet,) = (one for one in facets.facets_of(filterset) if one.parameter == "source")

    found = count_facet(facet, filterset, filterset.qs.count(), search=words)

    assert [(one.value, one.count) for one in found.options] == [("s24", 1)]


@pytest.mark.parametrize("words", ["zhejiang", "浙江", "CN-ZJ"])
def test_an_origin_is_found_by_its_name_in_either_language(words):
    make_project(enterprise=make_enterprise(origin="CN-ZJ"))
    make_project(enterprise=make_enterprise(origin="KZ"))
    filterset = ask("")
    (facet,) = (one for one in facets.facets_of(filterset) if one.parameter == "origin")

    found = count_facet(facet, filterset, filterset.qs.count(), search=words)

    assert [(one.value, one.label) for one in found.options] == [("CN-ZJ", "Zhejiang")]


def test_facets_of_visitors_disclose_no_draft():
    area, hidden = make_area(code="kashi"), make_source(code="hidden", state="draft")
    make_project(area=area)
    make_project(area=area, state="draft", sources=[hidden])

    assert numbers("", "area") == {"kashi": 1}
    assert numbers("", "source") == {"none": 1}
    clerk = make_user("clerk")
    assert numbers("", "area", user=clerk) == {"kashi": 2}
    assert numbers("state=published", "area", user=clerk) == {"kashi": 1}
    assert numbers("", "source", user=clerk) == {"hidden": 1, "none": 1}


def test_enterprises_have_facets_of_their_own():
    press = make_source(code="press")
    make_enterprise(area=make_area(code="kashi"), origin="KZ", kind="private", sources=[press])
    make_enterprise(kind="private")

    queries = ["", "kind=private", "origin=KZ&origin=none", "area=kashi&source=press"]
    for query in queries:
        check_every_click(query, noun=EnterpriseFilterSet)
    assert numbers("", "kind", noun=EnterpriseFilterSet) == {"private": 2}
    assert numbers("", "origin", noun=EnterpriseFilterSet) == {"KZ": 1, "none": 1}
    assert Enterprise.objects.count() == 2


def test_the_number_of_queries_does_not_grow_with_values(
    django_assert_num_queries,
):
    def all_of_them(query):
        filterset = ask(query)
        for facet in facets.facets_of(filterset):
            count_facet(facet, filterset, 30)

    for number in range(30):
        make_project(
            area=make_area(code=f"a{number}"),
            sectors=[make_sector(code=f"s{number}")],
            sources=[make_source(code=f"c{number}")],
        )
    # A grouped one for each of the eight, and names for three of them.
    with django_assert_num_queries(11):
        all_of_them("")
    # The selected codes, and the counts without the only one.
    with django_assert_num_queries(11 + 2 + 2):
        all_of_them("area=a1&sector=s1")
    with django_assert_num_queries(11 + 1):
        all_of_them("area=a1&area=a2")
