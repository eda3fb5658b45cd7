"""How amounts are written on a page: by its language, its address and the reader's choice."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects import money
from tests.factories import make_area, make_headline, make_project
from tests.helpers.page_parser import read

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
def test_invalid_units_are_refused(client, register, address, query):
    response = client.get(f"{address}?{query}")

    assert response.status_code == 400
    assert not amounts(response)


@pytest.mark.django_db
def test_links_of_a_page_keep_the_parameter_and_exports_do_not(client, register):
    page = client.get("/projects/?units=wan&area=kashi").content.decode().replace("&amp;", "&")

    assert "?units=wan&area=kashi&ordering=name" in page
    assert 'href="export.csv?area=kashi"' in page
    assert "?units=full&area=kashi" in page or "?area=kashi&units=full" in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("chosen", "address", "written"),
    [
        ("/projects/?units=wan", "/", "176,000 × 10,000 CNY"),
        ("/projects/?units=wan", "/zh-hans/projects/project/", "176,000万元"),
        ("/zh-hans/totals/?by=area&units=full", "/zh-hans/projects/", "1,760,000,000.00元"),
        ("/?units=short", "/projects/", "1.76 billion CNY"),
        ("/methods/?units=wan", "/totals/", "176,000 × 10,000 CNY"),
    ],
)
def test_the_choice_applies_to_pages_without_the_parameter(
    client, register, chosen, address, written
):
    client.get(chosen)

    assert written in amounts(client.get(address))
    # An address that says wins.
    assert "1,760,000,000.00" in str(amounts(client.get(f"{address}?units=full")))
    assert client.cookies["units"].value == "full"


@pytest.mark.django_db
def test_attributes_of_the_cookie(client, register, settings):
    settings.SESSION_COOKIE_SECURE = True

    cookie = client.get("/projects/?units=wan").cookies["units"]

    assert cookie.value == "wan"
    assert (cookie["path"], cookie["max-age"]) == ("/", 365 * 24 * 60 * 60)
    assert (cookie["samesite"], cookie["httponly"], cookie["secure"]) == ("Lax", True, True)
    assert not client.get("/projects/?units=wan").cookies


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    ["/projects/", "/projects/?units=x", "/nowhere/?units=wan", "/projects/export.csv?units=wan"],
)
def test_only_pages_with_valid_units_set_the_cookie(client, register, address):
    assert not client.get(address).cookies


@pytest.mark.django_db
def test_an_invalid_cookie_is_ignored(client, register):
    client.cookies["units"] = "<b>"

    assert "1,760,000,000.00 CNY" in amounts(client.get("/projects/"))


@pytest.mark.django_db
def test_files_and_the_api_ignore_the_cookie(client, register):
    addresses = ("/projects/export.csv", "/api/v1/projects/", "/totals/export.json?by=area")
    before = [client.get(one).getvalue() for one in addresses]
    client.cookies["units"] = "wan"

    assert [client.get(one).getvalue() for one in addresses] == before


@pytest.mark.django_db
def test_links_without_a_choice_have_no_units(client, register):
    for address in ("/", "/projects/", "/projects/project/"):
        page = read(client.get(address).content.decode())
        found = [one.attributes["href"] for one in page.all("a") if "units" in str(one.attributes)]
        assert found == ["?units=short", "?units=full", "?units=wan"]


@pytest.mark.django_db
def test_files_and_the_api_refuse_the_parameter(client):
    assert "units" in client.get("/api/v1/projects/?units=wan").json()
    assert client.get("/projects/export.csv?units=wan").status_code == 400


@given(AMOUNTS)
def test_all_units_keep_every_digit(value):
    wan = money.ten_thousands_in_chinese(value, "CNY").removesuffix("万元").replace(",", "")
    thousands, _times, _unit = money.ten_thousands_in_english(value, "CNY").partition(" × ")

    assert Decimal(wan) * 10_000 == value
    assert Decimal(thousands.replace(",", "")) * 10_000 == value
    assert Decimal(money.full_in_chinese(value, "CNY")[:-1].replace(",", "")) == value
