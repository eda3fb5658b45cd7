"""No value of a query parameter, header or method is a server error."""

import pytest
from django.urls import resolve

from tests.api.test_read import NOUNS
from tests.factories import make_project
from tests.helpers.selection import every_nth

pytestmark = pytest.mark.django_db

VALUES = [
    "%00",
    "a%00b",
    "%ff%fe",
    "%ED%A0%80",
    "%F0%9F%98%80",
    "%0A",
    "-1",
    "0",
    "1e400",
    "NaN",
    "-Infinity",
    "9" * 40,
    "9" * 3000,
    "a" * 3000 + "!",
    "0000",
    "0000-00",
    "0001-01-01",
    "9999-12-31",
    "9999-12-31T23:59:59-14:00",
    "0001-01-01T00:00:00%2B14:00",
    "9999-99",
    "2023-02-30",
    "2023-11-11T24:00:00",
    "2023-W01",
    "%27;DROP TABLE projects_project;--",
    "%25_%5C",
    "{}",
    "[]",
    "true",
    "TRUE",
    "none",
    "null",
    "../../etc/passwd",
    "-",
    "--code",
    "code__gt",
    "pk",
    "?",
    "１２３",
    "١٢٣",
    "1亿亿亿亿亿",
    "万",
    "&".join(["x"] * 900),
]


def parameters_of(noun):
    view = resolve(f"/api/v1/{noun}/").func.cls
    paging = [] if noun == "totals" else ["page", "page_size", "cursor"]
    return [*view.filterset_class.base_filters, *paging, "format"]


@pytest.mark.parametrize("noun", [*NOUNS, "totals"])
def test_no_value_of_any_parameter_is_a_server_error(visitor, noun):
    make_project()
    address = f"/api/v1/{noun}/"

    for number, parameter in enumerate(parameters_of(noun)):
        for value in every_nth(VALUES, 8, number + len(noun)):
            answer = visitor.get(f"{address}?{parameter}={value}")

            assert answer.status_code in (200, 400), (parameter, value)
            assert answer.status_code == 200 or answer.json().keys() & {parameter, "x"}


@pytest.mark.parametrize("noun", [*NOUNS, "totals"])
@pytest.mark.parametrize(
    "query",
    ["%00=1", "%ff=1", "=1", "area[]=1", "code__startswith=a", "pk=1", "a" * 3000, "ordering%00=x"],
)
def test_an_unknown_parameter_is_refused_however_it_is_written(visitor, noun, query):
    assert visitor.get(f"/api/v1/{noun}/?{query}").status_code == 400


@pytest.mark.parametrize("noun", [*NOUNS, "totals"])
def test_two_hundred_values_are_answered_and_more_are_refused(visitor, noun):
    name = {"zones": "source", "sectors": "source", "sources": None, "totals": "stage"}.get(
        noun, "source" if noun != "projects" else "stage"
    )
    if name is None:
        pytest.skip("sources are not asked for by codes")
    none = "&".join([f"{name}=none"] * 200)

    assert visitor.get(f"/api/v1/{noun}/?{none}").status_code == 200
    assert visitor.get(f"/api/v1/{noun}/?{none}&{name}=none").status_code == 400


@pytest.mark.parametrize(
    "header",
    [
        {"HTTP_ACCEPT": "application/json; indent=99999999999"},
        {"HTTP_ACCEPT": "application/json; indent=x"},
        {"HTTP_ACCEPT": ";;;,,,/"},
        {"HTTP_ACCEPT": "*/*;q=" + "9" * 5000},
        {"HTTP_ACCEPT_LANGUAGE": "\xff\xfe, xx-../../;q=9"},
        {"HTTP_X_FORWARDED_FOR": "\xff" * 1000},
        {"HTTP_X_HTTP_METHOD_OVERRIDE": "DELETE"},
    ],
)
def test_no_header_is_a_server_error(visitor, header):
    make_project()

    assert visitor.get("/api/v1/projects/", **header).status_code in (200, 406)


@pytest.mark.parametrize("method", ["TRACE", "OPTIONS", "HEAD", "PROPFIND", "bogus"])
@pytest.mark.parametrize("noun", [*NOUNS, "totals"])
def test_no_method_is_a_server_error(visitor, office, noun, method):
    for client in (visitor, office):
        assert client.generic(method, f"/api/v1/{noun}/").status_code in (200, 405)


@pytest.mark.parametrize(
    "address",
    [
        "/api/schema/?lang=%00",
        "/api/schema/?lang=..%2F..",
        "/api/schema/?version=%0A",
        "/api/schema/?format=%0A",
        "/api/docs/?lang=xx",
        "/api/docs/?script=&lang=%00",
        "/api/docs/?version=1",
    ],
)
def test_unknown_parameters_of_the_schema_are_refused(visitor, address):
    assert visitor.get(address).status_code == 400
