"""Each page: its structure, its Content-Security-Policy, its methods and its queries."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories import (
    make_area,
    make_enterprise,
    make_headline,
    make_project,
    make_receipt,
    make_sector,
    make_source,
)
from tests.helpers.page_parser import check_chinese, check_policy, check_whole, read
from tests.helpers.selection import every_nth

pytestmark = pytest.mark.django_db

MOST_QUERIES = 16
# A grouped query for each facet of the projects, and the names of three of them.
MOST_OF_FACETS = 11
PAGES = [
    "/",
    "/?search=kashi",
    "/projects/",
    "/projects/project/",
    "/enterprises/",
    "/enterprises/lead/",
    "/areas/",
    "/areas/kashi/",
    "/totals/",
    "/totals/?by=area&then=sector",
    "/headlines/",
    "/sources/",
    "/sources/press/",
    "/methods/",
]
REFUSED = ["/projects/?stage=x", "/totals/?by=x", "/?search=%00", "/headlines/?what=x"]


@pytest.fixture(scope="module")
def register(module_db):
    """The records that the addresses name. Returns a function that makes more of each."""
    area, press = (
        make_area(code="kashi", name="Kashi", name_zh="喀什片区"),
        make_source(code="press", title="喀什片区揭牌"),
    )
    lead = make_enterprise(code="lead", name_zh="丝路纺织有限公司", area=area, sources=[press])
    trade, textiles = make_sector(code="trade"), make_sector(name="", name_zh="纺织")
    project = make_project(
        code="project",
        area=area,
        enterprise=lead,
        partners=[make_enterprise()],
        sectors=[trade, textiles],
        sources=[press],
    )
    make_receipt(project, source=press)
    make_headline(area=area, source=press)
    make_headline(area=area, source=press, value=Decimal("5.00"))

    partners = [make_enterprise(), make_enterprise(sources=[press])]

    def grow(times):
        for number in range(times):
            one = make_project(
                area=area,
                enterprise=lead if number % 2 else make_enterprise(area=area),
                partners=partners,
                sectors=[trade, textiles, make_sector()] if number < 3 else [trade, textiles],
                sources=[press, make_source()],
                currency="USD" if number % 3 else "CNY",
            )
            make_receipt(one, source=press)
            make_headline(area=area, source=press, value=Decimal(number + 1))
            make_area(zone=area.zone)

    return grow


@pytest.mark.parametrize("address", [*PAGES, *REFUSED, "/accounts/login/"])
def test_a_page_is_whole_names_its_parts_and_keeps_the_policy(client, register, address):
    answer = client.get(address)

    page = read(answer.content.decode())
    check_whole(page)
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    check_policy(page)


@pytest.mark.parametrize("address", PAGES)
def test_all_chinese_is_marked_as_chinese(client, register, address):
    page = read(client.get(address).content.decode())
    assert page.all(lang="zh-Hans")

    check_chinese(page)


@pytest.mark.parametrize(
    ("address", "current"),
    [
        ("/projects/", [("Projects", "page")]),
        ("/projects/project/", [("Projects", "true")]),
        ("/totals/?by=area", [("Totals", "page")]),
        ("/", []),
    ],
)
def test_the_navigation_marks_where_the_reader_is(client, register, address, current):
    nav = read(client.get(address).content.decode()).one("nav", aria_label="Main")

    marked = [link for link in nav.all("a") if "aria-current" in link.attributes]
    assert [(link.text, link.attributes["aria-current"]) for link in marked] == current


def test_a_page_costs_the_same_however_large_the_register_is(client, register):
    register(2)
    before = {address: queries_of(client, address) for address in PAGES}

    register(12)

    assert {address: queries_of(client, address) for address in PAGES} == before
    assert {a: cost for a, cost in before.items() if cost > MOST_QUERIES + MOST_OF_FACETS} == {}


def test_a_page_with_every_filter_costs_one_query_for_each_kind_of_code(client, register):
    register(2)
    asked = "area=kashi&sector=trade&enterprise=lead&lead=lead&source=press&basis=received"
    bare = queries_of(client, "/projects/")

    # Five kinds of code to read, the funds received, the sector's part of them: three; and for
    # three facets how many there are without the one value that is chosen.
    assert queries_of(client, f"/projects/?{asked}") == bare + 5 + 1 + 3 + 3


def queries_of(client, address):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


@pytest.mark.parametrize("address", PAGES)
def test_a_page_answers_head_and_refuses_to_be_written_to(register, address):
    client = Client()

    assert client.head(address).status_code == 200
    assert client.post(address).status_code == 405


def test_every_link_of_a_page_leads_somewhere(client, register):
    targets = set()
    for address in ("/", "/projects/", "/enterprises/", "/areas/", "/totals/"):
        for link in read(client.get(address).content.decode()).all("a"):
            href = link.attributes["href"]
            targets.add(address + href if href.startswith("?") else href)

    for target in every_nth(sorted(targets), 3):
        # Downloads are views of their own; the description of the API is tested with it.
        if not target.startswith(("export.", "#", "/api/")):
            assert client.get(target).status_code == 200, target
