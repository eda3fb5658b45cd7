"""The list of all addresses, by which hostile and harmless requests are made, leaves none out."""

import pytest

from tests.reached import NOWHERE, addresses, make_register

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
