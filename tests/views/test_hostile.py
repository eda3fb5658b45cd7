"""Pages answer every query string: with records, or with the errors and no records."""

import pytest
from django.urls import resolve, reverse

from projects.filters import TotalsFilterSet
from projects.views.overview import OverviewFilterSet
from tests.api.test_hostile import VALUES
from tests.factories import make_enterprise, make_headline, make_project, make_source
from tests.helpers.page_parser import read
from tests.helpers.selection import every_nth

pytestmark = pytest.mark.django_db

LISTS = ["projects", "enterprises", "areas", "headlines", "sources"]
PAGES = [*LISTS, "totals", "overview"]
PAGING = ["page", "page_size", "cursor"]


def parameters_of(name):
    if name == "overview":
        return [*OverviewFilterSet.base_filters]
    if name == "totals":
        return [*TotalsFilterSet.base_filters]
    return [*resolve(reverse(name)).func.view_class.filterset_class.base_filters, *PAGING]


PARAMETERS = [(name, parameter) for name in PAGES for parameter in [*parameters_of(name), "colour"]]
RECORD_PAGES = ["project", "enterprise", "area", "source"]


@pytest.fixture(scope="module")
def register(module_db):
    make_project(name="Secret of the list", enterprise=make_enterprise())
    make_headline(source=make_source())


@pytest.mark.parametrize(("name", "parameter"), PARAMETERS)
def test_an_invalid_parameter_is_named_and_no_records_are_shown(client, register, name, parameter):
    # Too long for a search, and nothing of what any other parameter takes.
    unreadable = "\x00 neither this nor that " + "x" * 300

    answer = client.get(reverse(name), {parameter: unreadable})

    page = read(answer.content.decode())
    assert answer.status_code == 400
    assert [code.text for code in page.one(role="alert").all("code")] == [parameter]
    for shown in ("table", "article", "figure"):
        assert page.all(shown) == []
    assert page.all(class_="summary") == []
    assert page.all(class_="story") == []
    assert "Secret of the list" not in page.text


@pytest.mark.parametrize(("name", "parameter"), PARAMETERS)
def test_no_value_of_any_parameter_is_a_server_error(client, register, name, parameter):
    values = ("%00", "%F0%9F%98%80", "9" * 40, "x" * 10_000, "none", f"none&{parameter}=none")
    for value in every_nth(values, 3, PARAMETERS.index((name, parameter))):
        answer = client.get(f"{reverse(name)}?{parameter}={value}")

        assert answer.status_code in (200, 400), value[:60]


@pytest.mark.parametrize("name", PAGES)
def test_hostile_values_of_all_parameters_together_are_no_server_error(client, register, name):
    for value in every_nth(VALUES, 2, PAGES.index(name)):
        query = "&".join(f"{parameter}={value}" for parameter in parameters_of(name))
        answer = client.get(f"{reverse(name)}?{query}")

        assert answer.status_code in (200, 400), value[:60]


@pytest.mark.parametrize("name", PAGES)
def test_hostile_names_of_parameters_are_refused(client, name):
    for parameter in ("%00", "a%5B%5D", "x" * 10_000, "__proto__", "%F0%9F%98%80", "'%22<b>"):
        answer = client.get(f"{reverse(name)}?{parameter}=1")

        assert answer.status_code == 400, parameter[:60]
        assert read(answer.content.decode()).all("b") == []


@pytest.mark.parametrize("name", RECORD_PAGES)
def test_invalid_codes_are_not_found(client, name):
    listed = f"/{name}s/"
    for code in ("%00", "..", "a b", "%F0%9F%98%80", "x" * 10_000, "none", "'--", "%2e%2e"):
        assert client.get(f"{listed}{code}/").status_code == 404, code[:60]


def test_a_page_does_not_grow_with_the_square_of_the_values(client):
    values = "&".join(f"source={'s' * 60}{number}" for number in range(199))

    answer = client.get(f"/projects/?{values}")

    assert answer.status_code == 400
    assert len(answer.content) < 1_500_000
