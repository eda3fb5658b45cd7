"""How amounts are written on a page: by its language, and as its address asks."""

import re
from decimal import Decimal
from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects import money
from tests.factories import make_area, make_headline, make_project
from tests.helpers.page_parser import read, sent_by

AMOUNTS = st.decimals("-99999999999999.99", "99999999999999.99", places=2)


@pytest.fixture
def register():
    area = make_area(code="kashi")
    make_project(code="project", area=area, amount=Decimal("1760000000.00"))
    make_headline(area=area, value=Decimal("17600000000.00"))


def amounts(response):
    """The amounts of a page as they are written, each with what programs read and what hovers."""
    return {
        text: (value, title)
        for value, title, text in re.findall(
            r'<data class="money" value="([^"]*)" title="([^"]*)">([^<]*)</data>',
            response.content.decode(),
        )
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "written", "hovering"),
    [
        ("/projects/", "1,760,000,000.00 CNY", "1.76 billion CNY"),
        ("/projects/?units=short", "1.76 billion CNY", "1,760,000,000.00 CNY"),
        ("/projects/?units=wan", "176,000 × 10,000 CNY", "1,760,000,000.00 CNY"),
        ("/zh-hans/projects/", "17.6亿元", "1,760,000,000.00元"),
        ("/zh-hans/projects/?units=full", "1,760,000,000.00元", "17.6亿元"),
        ("/zh-hans/projects/?units=wan", "176,000万元", "1,760,000,000.00元"),
        ("/zh-hans/totals/?by=area&units=wan", "176,000万元", "1,760,000,000.00元"),
        ("/zh-hans/projects/project/?units=wan", "176,000万元", "1,760,000,000.00元"),
        ("/zh-hans/areas/kashi/", "17.6亿元", "1,760,000,000.00元"),
    ],
)
def test_an_amount_is_written_in_the_units_of_its_page(
    client, register, address, written, hovering
):
    assert amounts(client.get(address))[written] == ("1760000000.00", hovering)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/projects/", "/totals/", "/", "/projects/project/"])
@pytest.mark.parametrize("query", ["units=x", "units=wan&units=full"])
def test_other_units_are_refused(client, register, address, query):
    response = client.get(f"{address}?{query}")

    assert response.status_code == 400
    assert not amounts(response)


@pytest.mark.django_db
def test_links_of_the_page_keep_its_units_and_its_export_has_none(client, register):
    page = client.get("/projects/?units=wan&area=kashi").content.decode().replace("&amp;", "&")

    assert "?units=wan&area=kashi&ordering=name" in page
    assert 'href="export.csv?area=kashi"' in page
    assert "?units=full&area=kashi" in page or "?area=kashi&units=full" in page


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["", "/zh-hans"])
@pytest.mark.parametrize("address", ["/", "/projects/", "/projects/project/", "/totals/?by=area"])
def test_a_choice_of_units_goes_along_to_wherever_amounts_stand(
    client, register, address, language
):
    mark = "&" if "?" in address else "?"
    page = read(client.get(f"{language}{address}{mark}units=wan").content.decode())
    hrefs = [one.attributes["href"] for one in page.all("a")]
    links = {urljoin(f"{language}{address}", one) for one in hrefs if one != "#content"}
    with_units = {one for one in links if "units=wan" in one}

    for path in ("/", "/projects/", "/enterprises/", "/areas/", "/totals/", "/headlines/"):
        assert f"{language}{path}?units=wan" in with_units
    assert {one for one in links - with_units if "units=" not in one} == {
        f"{language}/accounts/login/",
        "/api/docs/",
        *(one for one in links if "/export." in one or one.endswith("/report/")),
    }
    assert {client.get(one.partition("#")[0]).status_code for one in with_units} == {200}
    for form in page.all("form", method="get"):
        assert ("units", "wan") in sent_by(form)


@pytest.mark.django_db
def test_without_a_choice_no_address_says_any(client, register):
    for address in ("/", "/projects/", "/projects/project/"):
        page = read(client.get(address).content.decode())
        found = [one.attributes["href"] for one in page.all("a") if "units" in str(one.attributes)]
        assert found == ["?units=short", "?units=full", "?units=wan"]


@pytest.mark.django_db
def test_a_name_that_looks_like_a_link_is_left_as_it_is(client, register):
    make_project(name='<a href="/projects/">', code="odd")
    page = client.get("/projects/odd/?units=wan").content.decode()

    assert "&lt;a href=&quot;/projects/&quot;&gt;" in page


@pytest.mark.django_db
def test_programs_are_told_that_there_are_no_units(client):
    assert "units" in client.get("/api/v1/projects/?units=wan").json()
    assert client.get("/projects/export.csv?units=wan").status_code == 400


@given(AMOUNTS)
def test_no_way_of_writing_drops_a_digit(value):
    wan = money.ten_thousands_in_chinese(value, "CNY").removesuffix("万元").replace(",", "")
    thousands, _times, _unit = money.ten_thousands_in_english(value, "CNY").partition(" × ")

    assert Decimal(wan) * 10_000 == value
    assert Decimal(thousands.replace(",", "")) * 10_000 == value
    assert Decimal(money.full_in_chinese(value, "CNY")[:-1].replace(",", "")) == value
