"""Random queries: same answers of page, API and export, and no leak.

In classes of hypothesis's own, as each example needs a database of its own.
"""

from urllib.parse import urlencode

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from projects.filters import TotalsFilterSet
from projects.models import Basis
from tests.helpers import unpublished
from tests.helpers.leak_requests import FILTER_SETS, LISTED, values_of
from tests.helpers.query_answers import check_sums
from tests.helpers.responses import differences, fetch_all
from tests.helpers.selection import quick_examples
from tests.helpers.strategies import build, make_surroundings, query_strings, registers


@st.composite
def paths(draw):
    """An address with a random combination of its parameters."""
    noun = draw(st.sampled_from([*FILTER_SETS, "totals"]))
    filterset = FILTER_SETS.get(noun, TotalsFilterSet)
    names = draw(st.lists(st.sampled_from(sorted(filterset.base_filters)), max_size=4))
    parameters = [
        (name, draw(st.sampled_from(values_of(name, filterset.base_filters[name]))))
        for name in names
    ]
    form = draw(st.sampled_from(["api", "page", "csv", "json"]))
    if form == "api" or noun not in {*LISTED, "totals"}:
        path = f"/api/v1/{noun}/"
    else:
        path = f"/{noun}/" if form == "page" else f"/{noun}/export.{form}"
    return f"{path}?{urlencode(parameters)}"


class HiddenRecords(TestCase):
    @classmethod
    def setUpTestData(cls):
        unpublished.publish_register()
        unpublished.hide()

    @given(some=st.lists(paths(), min_size=3, max_size=3))
    def test_a_visitor_gets_the_same_responses_without_hidden_records(self, some):
        responses = fetch_all(self.client, some)

        unpublished.purge()

        assert differences(responses, fetch_all(self.client, some)) == []


class SameAnswers(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.around = make_surroundings()

    @quick_examples(12)
    @given(
        drawn=registers,
        queries=st.lists(query_strings(), min_size=2, max_size=2),
        basis=st.sampled_from(Basis),
    )
    def test_totals_equal_the_sum_of_the_export_exactly(self, drawn, queries, basis):
        build(self.around, drawn)

        for query in queries:
            check_sums(self.client, query, [basis])
