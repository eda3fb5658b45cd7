"""Every address that the other sweeps request leads to something, in both languages."""

import re

from projects.i18n.languages import ENGLISH_ONLY
from tests.helpers.site_urls import NOWHERE, addresses

# Exists while a second factor is being set up.
TEMPORARY = {"accounts/second-factor/code.svg": 404}
# Without pages to add or delete; the autocomplete is requested without a field.
REFUSED = {
    "admin/autocomplete/",
    "admin/projects/auditentry/add/",
    "admin/projects/auditentry/<path:object_id>/delete/",
    "admin/projects/importbatch/add/",
    "admin/projects/importbatch/<path:object_id>/delete/",
}


def test_every_address_leads_to_something(register, office):
    found = {
        route: office.get(address, follow=True).status_code
        for route, address in addresses(register).items()
        if route not in NOWHERE
    }

    # 405: only POST is allowed.
    assert {route: one for route, one in found.items() if one not in (200, 403, 405)} == (TEMPORARY)
    assert {route for route, status in found.items() if status == 403} == REFUSED


def test_every_page_is_available_in_chinese(register, office):
    strange = {}
    for route, address in addresses(register).items():
        # A password reset link works once, and logging out would end the walk.
        if route in NOWHERE or route.startswith(ENGLISH_ONLY) or "logout" in route:
            continue
        answer = office.get(f"/zh-hans{address}", follow=True)
        page = "" if answer.streaming else answer.content.decode(errors="replace")
        tag = re.search(r'<html[^>]* lang="([^"]*)"', page)
        if answer.status_code >= 500 or (tag and tag[1].lower() != "zh-hans"):
            strange[route] = (answer.status_code, tag and tag[1])
        if answer.status_code == 404 and route not in TEMPORARY:
            strange[route] = answer.status_code

    assert strange == {}
