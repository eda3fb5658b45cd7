"""Users limited to areas are shown nothing of drafts of other areas, at any address."""

import pytest
from django.test import Client

from projects.models import Area
from tests.factories import make_user
from tests.helpers import unpublished
from tests.helpers.leak_requests import addresses, of_admin, of_model, of_totals
from tests.helpers.responses import differences, fetch_all
from tests.helpers.selection import every_nth

LIMITED = ("viewer", "clerk", "reviewer", "administrator")


@pytest.fixture(scope="module")
def keys(module_db):
    # A source belongs to no area: users who see drafts see those of sources.
    return unpublished.publish_register(), unpublished.hide(with_source=False)


@pytest.mark.parametrize("role", LIMITED)
def test_users_limited_to_areas_get_the_same_responses_without_drafts_of_others(db, keys, role):
    # Nobody is signed out, and the audit log is not limited to areas (`docs/access.md`).
    left_out = ("logout", "auditentry")
    paths = [path for path in addresses(*keys) if not any(n in path for n in left_out)]
    number = LIMITED.index(role)
    queries = [path for path in of_model("projects") if path.startswith("/api/")]
    queries += [path for path in of_totals() if "by=" in path]
    paths = every_nth([*paths, *of_admin()], 6, number) + every_nth(queries, 12, number)
    paths += ["/projects/port/", "/admin/projects/project/"]
    client = Client(raise_request_exception=False)
    client.force_login(make_user(role, areas=[Area.objects.get(code="there")]))
    responses = fetch_all(client, paths)

    unpublished.purge()

    assert differences(responses, fetch_all(client, paths)) == []
    assert responses["/projects/port/"][0] == responses["/admin/projects/project/"][0] == 200
