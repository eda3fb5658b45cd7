"""What stands in an address or a form is text on the page that answers, and leads nowhere else."""

from __future__ import annotations

import json
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
from tests.helpers.site_urls import bring_in, filled, make_register, routes
from tests.helpers.xss_texts import ADDRESSES, SCRIPTS
from tests.sweeps.test_escaping import PARTS, pages

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
def register():
    return make_register()


@pytest.fixture
def office(register):
    client = Client()
    client.force_login(register.user)
    return client


@pytest.fixture
def scripts(rounds):
    """A few of each kind, or all of them."""
    return SCRIPTS[:: len(SCRIPTS) // rounds(4, len(SCRIPTS))]


def get(client, address, data=None):
    return client.get(address, data, follow=True, headers={"accept": "text/html"})


def shared_out(found, many):
    """Each address with `many` of the scripts, so that all have their turn."""
    turn = cycle(SCRIPTS)
    return [(address.partition("?")[0], [*islice(turn, many)]) for address in found]


@pytest.mark.parametrize("part", PARTS)
def test_no_parameter_becomes_a_part_of_a_page(register, office, rounds, part):
    for path, scripts in shared_out(pages(office, register, part), rounds(1, len(SCRIPTS))):
        known = Known()
        for script in scripts:
            plain = harmless(script)
            questions = [(dict.fromkeys(parameters_of(path), one), one) for one in (script, plain)]
            page, before = (
                partial(get, office, path, {**asked, one: one}) for asked, one in questions
            )
            known.check(answer := page(), before, f"{path}: {script}")
            check_escaped(answer, [script])


def test_no_code_in_an_address_becomes_a_part_of_a_page(register, office, rounds):
    found = [route for route in routes() if "<" in route]
    for route, scripts in shared_out(found, rounds(1, 40)):
        for script in scripts:
            page, before = (
                partial(get, office, filled(route, lambda _name, one=one: quote(one, safe="")))
                for one in (script, harmless(script))
            )
            check_same(answer := page(), before(), f"{route}: {script}")
            check_escaped(answer, [script])


def test_signing_in_leads_to_this_site_only(scripts):
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


def test_a_name_by_which_nobody_signs_in_is_text(scripts):
    client = Client()
    form = {"username": "nobody", "password": "x"}

    for script in scripts:
        page = client.post("/accounts/login/", form | {"username": script})
        plain = client.post("/accounts/login/", form | {"username": harmless(script)})

        check_same(page, plain, script)
        check_escaped(page, [script])


@pytest.mark.parametrize("script", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'])
def test_fields_of_a_body_are_text_in_the_pages_of_the_api(register, office, script):
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


def test_files_with_scripts_in_names_headings_and_cells_are_text(office, scripts):
    for script in scripts:
        shown = {}
        for text in (script, harmless(script)):
            cell = '"' + text.replace('"', '""') + '"'
            rows = f"code,name,stage,{cell}\nnew,{cell},{cell},1\nproject,{cell},signed,{cell}\n"
            batch = bring_in(office, rows, f"{text}.csv".replace("/", "x"))
            addresses = [
                "/import/",
                f"/import/{batch.pk}/",
                f"/import/{batch.pk}/?fate=refused",
                f"/import/{batch.pk}/mapping/",
                f"/admin/projects/importbatch/{batch.pk}/change/",
            ]
            shown[text] = [get(office, address) for address in addresses]
            batch.delete()

        for page, plain in zip(shown[script], shown[harmless(script)], strict=True):
            check_same(page, plain, script)
            check_escaped(page, [script])


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_door_takes_an_address_that_is_not_of_the_web(office, address):
    body = {"code": "a", "title": "A", "url": address}

    answer = office.post("/api/v1/sources/", json.dumps(body), "application/json")

    assert (answer.status_code, list(answer.json())) == (400, ["url"])
    with pytest.raises(ValidationError, match="'url':"):
        history.save(Source(**body))
