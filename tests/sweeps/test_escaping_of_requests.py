"""Query parameters, addresses and forms are escaped, and redirect to this site only."""

from __future__ import annotations

import json
import re
from functools import partial
from itertools import cycle, islice
from urllib.parse import quote

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from projects import history
from projects.models import Source
from tests.factories import make_user
from tests.helpers.html_structure import Known, check_escaped, check_same, scheme_of, site_of
from tests.helpers.injection import harmless
from tests.helpers.query_parameters import parameters_of
from tests.helpers.site_urls import addresses, filled, routes, upload
from tests.helpers.xss_texts import ADDRESSES, SCRIPTS
from tests.sweeps.test_escaping import PARTS

pytestmark = pytest.mark.django_db

ELSEWHERE = [
    *ADDRESSES,
    "https://evil.example/",
    "///evil.example",
    "/\t/evil.example/",
    "http:///evil.example",
    "https:evil.example",
    "https://testserver@evil.example/",
    "https://testserver.evil.example/",
    "/%09/evil.example",
    "//evil.example\\@testserver/",
    "\x00//evil.example",
]


@pytest.fixture
def scripts(rounds):
    """Four of the scripts, under CHAOS=1 all of them."""
    return SCRIPTS[:: len(SCRIPTS) // rounds(4, len(SCRIPTS))]


def get(client, address, data=None):
    return client.get(address, data, follow=True, headers={"accept": "text/html"})


def shared_out(found, many):
    """Each address with `many` of the scripts, which take turns."""
    turn = cycle(SCRIPTS)
    return [(address.partition("?")[0], [*islice(turn, many)]) for address in found]


@pytest.mark.parametrize("part", PARTS)
def test_query_parameters_are_escaped(register, office, rounds, part):
    found = [path for path in addresses(register).values() if re.match(part, path)]
    for path, scripts in shared_out(found, rounds(1, len(SCRIPTS))):
        known = Known()
        for script in scripts:
            plain = harmless(script)
            requests = [(dict.fromkeys(parameters_of(path), one), one) for one in (script, plain)]
            page, before = (
                partial(get, office, path, {**query, one: one}) for query, one in requests
            )
            known.check(answer := page(), before, f"{path}: {script}")
            check_escaped(answer, [script])


def test_codes_in_addresses_are_escaped(register, office, rounds):
    found = [route for route in routes() if "<" in route]
    for route, scripts in shared_out(found, rounds(1, 40)):
        for script in scripts:
            page, before = (
                partial(get, office, filled(route, lambda _name, one=one: quote(one, safe="")))
                for one in (script, harmless(script))
            )
            check_same(answer := page(), before(), f"{route}: {script}")
            check_escaped(answer, [script])


def test_the_login_redirects_to_this_site_only(scripts):
    make_user(username="somebody", password="a long enough password")

    for target in [*ELSEWHERE, *scripts]:
        client = Client()
        page = client.get("/accounts/login/", {"next": target})
        answer = client.post(
            "/accounts/login/",
            {"username": "somebody", "password": "a long enough password", "next": target},
        )

        check_escaped(page, [target])
        assert answer.status_code == 302, target
        assert (scheme_of(answer["Location"]), site_of(answer["Location"])) == ("", ""), target


def test_an_unknown_user_name_is_escaped(scripts):
    client = Client()
    form = {"username": "nobody", "password": "x"}

    for script in scripts:
        page = client.post("/accounts/login/", form | {"username": script})
        plain = client.post("/accounts/login/", form | {"username": harmless(script)})

        check_same(page, plain, script)
        check_escaped(page, [script])


@pytest.mark.parametrize("script", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'])
def test_fields_of_a_body_are_escaped_in_pages_of_the_api(register, office, script):
    html = {"accept": "text/html"}

    for noun in register.records:
        for body in ({script: script}, {"code": script, "name": script}, [script]):
            page = office.post(
                f"/api/v1/{noun}/", json.dumps(body), "application/json", headers=html
            )
            plain = json.dumps(body).replace(json.dumps(script)[1:-1], harmless(script))
            before = office.post(f"/api/v1/{noun}/", plain, "application/json", headers=html)

            assert page.status_code == 400
            check_same(page, before, noun)
            check_escaped(page, [script])


def test_names_headings_and_cells_of_files_are_escaped(office, scripts):
    for script in scripts:
        shown = {}
        for text in (script, harmless(script)):
            cell = '"' + text.replace('"', '""') + '"'
            rows = f"code,name,stage,{cell}\nnew,{cell},{cell},1\nproject,{cell},signed,{cell}\n"
            batch = upload(office, rows, f"{text}.csv".replace("/", "x"))
            addresses = [
                "/import/",
                f"/import/{batch.pk}/",
                f"/import/{batch.pk}/?status=refused",
                f"/import/{batch.pk}/mapping/",
                f"/admin/projects/importbatch/{batch.pk}/change/",
            ]
            shown[text] = [get(office, address) for address in addresses]
            batch.delete()

        for page, plain in zip(shown[script], shown[harmless(script)], strict=True):
            check_same(page, plain, script)
            check_escaped(page, [script])


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_source_takes_web_addresses_only(office, address):
    body = {"code": "a", "title": "A", "url": address}

    answer = office.post("/api/v1/sources/", json.dumps(body), "application/json")

    assert (answer.status_code, list(answer.json())) == (400, ["url"])
    with pytest.raises(ValidationError, match="'url':"):
        history.save(Source(**body))
