"""The list of all addresses, by which hostile and harmless requests are made, leaves none out."""

import re

import pytest

from projects.i18n.languages import ENGLISH_ONLY
from tests.helpers.site_urls import NOWHERE, addresses, make_register

# It is there while a second factor is being set up.
FOR_A_MOMENT = {"accounts/second-factor/code.svg": 404}
# Nobody adds to these by hand, or takes from them; what is to be completed is not said.
REFUSED = {
    "admin/autocomplete/",
    "admin/projects/auditentry/add/",
    "admin/projects/auditentry/<path:object_id>/delete/",
    "admin/projects/importbatch/add/",
    "admin/projects/importbatch/<path:object_id>/delete/",
}


@pytest.mark.django_db
def test_every_address_leads_to_something(client):
    register = make_register()
    client.force_login(register.user)
    found = {
        route: client.get(address, follow=True).status_code
        for route, address in addresses(register).items()
        if route not in NOWHERE
    }

    # 405: it waits for a POST.
    assert {route: one for route, one in found.items() if one not in (200, 403, 405)} == (
        FOR_A_MOMENT
    )
    assert {route for route, status in found.items() if status == 403} == REFUSED


@pytest.mark.django_db
def test_every_page_is_there_in_chinese_as_well(client):
    register = make_register()
    client.force_login(register.user)
    strange = {}
    for route, address in addresses(register).items():
        # A key to a new password holds once, and leaving ends the walk.
        if route in NOWHERE or route.startswith(ENGLISH_ONLY) or "logout" in route:
            continue
        answer = client.get(f"/zh-hans{address}", follow=True)
        page = "" if answer.streaming else answer.content.decode(errors="replace")
        tag = re.search(r'<html[^>]* lang="([^"]*)"', page)
        if answer.status_code >= 500 or (tag and tag[1].lower() != "zh-hans"):
            strange[route] = (answer.status_code, tag and tag[1])
        if answer.status_code == 404 and route not in FOR_A_MOMENT:
            strange[route] = answer.status_code

    assert strange == {}
