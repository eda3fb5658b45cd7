"""The page cache: pages of visitors are cached until something is written."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects import history, review
from projects.conversion import rebuild
from projects.models import Allocation, Area, Project, RecentWrite, State
from projects.review import drafts, merge
from tests.factories import (
    make_area,
    make_enterprise,
    make_project,
    make_rate,
    make_receipt,
    make_sector,
    make_source,
    make_user,
)

pytestmark = pytest.mark.django_db

PAGES = [
    "/",
    "/projects/",
    "/projects/?ordering=-amount&page_size=100",
    "/enterprises/",
    "/areas/",
    "/headlines/",
    "/sources/",
    "/totals/?by=sector",
]


def asked(client, address):
    """The page, and how many queries it took."""
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)
    assert response.status_code == 200
    return response, len(queries)


@pytest.fixture
def project():
    return make_project(
        code="mill",
        name="Spinning mill",
        area=make_area(code="kashi", name="Kashi"),
        enterprise=make_enterprise(code="lead", name="Silk Road Textiles"),
        amount=Decimal("100.00"),
        sectors=[make_sector(name="Textiles")],
        sources=[make_source()],
    )


@pytest.mark.parametrize("address", PAGES)
def test_a_cached_page_costs_one_query(client, project, address):
    made, _queries = asked(client, address)
    again, queries = asked(client, address)

    assert again.content == made.content
    assert queries == 1
    # What readers and those in between may do with it is not what is kept here.
    assert again.headers["Cache-Control"] == made.headers["Cache-Control"] == "no-cache"
    assert {"Expires", "Age"}.isdisjoint(again.headers)
    assert again.headers["Content-Security-Policy"] == made.headers["Content-Security-Policy"]


def change_a_name(project):
    project.name = "Weaving mill"
    history.save(project)


def change_in_a_shell(project):
    project.name = "Weaving mill"
    project.save()


def change_many(project):
    project.name = "Weaving mill"
    history.bulk_save([(project, {})])


def link_another_sector(project):
    history.save(project, sectors=[(make_sector(), None)])


def merge_its_enterprise(project):
    merge.merge(project.enterprise, make_enterprise(name="Oasis Textiles"))


def restore_one(project):
    gone = make_project(code="gone", amount=Decimal("7.00"))
    history.delete(gone)
    user = make_user("superuser")
    review.restore(user, Project, review.deleted(user, Project).first())


def publish_a_draft(project):
    draft = make_project(name="Dye works", state=State.DRAFT)
    drafts.publish(make_user("superuser"), [draft])


WRITES = [
    change_a_name,
    change_in_a_shell,
    change_many,
    link_another_sector,
    merge_its_enterprise,
    restore_one,
    publish_a_draft,
    history.delete,
    lambda project: make_project(),
    lambda project: make_receipt(project),
]


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("address", ["/projects/?columns=name&columns=received", "/totals/"])
def test_a_write_invalidates_cached_pages(client, project, write, address):
    asked(client, address)
    write(project)
    caught_up, _queries = asked(client, address)

    caches["pages"].clear()
    made, _queries = asked(client, address)
    assert caught_up.content == made.content
    assert RecentWrite.objects.count() > 0


def test_a_new_rate_invalidates_cached_sums(client):
    make_project(currency="USD", amount=Decimal("100.00"), signed_on=date(2023, 11, 11))
    before, _queries = asked(client, "/totals/")
    make_rate(from_currency="USD", rate=Decimal("7.1"), quoted_on=date(2023, 11, 11))
    after, _queries = asked(client, "/totals/")

    assert b"710.00" not in before.content
    assert b"710.00" in after.content


def test_rebuild_invalidates_cached_pages(client, project):
    Allocation.objects.update(amount_base=Decimal("77.00"))
    before, _queries = asked(client, "/totals/")
    rebuild()
    after, _queries = asked(client, "/totals/")

    assert b"77.00" in before.content
    assert b"77.00" not in after.content


def test_loading_a_fixture_invalidates_cached_pages(client, project, tmp_path):
    fixture = tmp_path / "projects.json"
    call_command("dumpdata", "projects.project", output=str(fixture), verbosity=0)
    Project.objects.update(name="Weaving mill")
    before, _queries = asked(client, "/projects/")
    call_command("loaddata", str(fixture), verbosity=0)
    after, _queries = asked(client, "/projects/")

    assert b"Spinning mill" not in before.content
    assert b"Spinning mill" in after.content


def test_pages_of_staff_are_not_cached(client, project):
    make_project(name="Dye works", state=State.DRAFT)
    public, _queries = asked(client, "/projects/")
    client.force_login(make_user("superuser"))
    for _turn in range(2):
        staff, queries = asked(client, "/projects/")
        assert b"Dye works" in staff.content
        assert queries > 1
    client.logout()
    again, _queries = asked(client, "/projects/")

    assert b"Dye works" not in public.content
    assert again.content == public.content


def test_languages_units_and_hosts_are_cached_separately(client, project, settings):
    settings.ALLOWED_HOSTS = ["testserver", "ftz.example"]
    asked(client, "/projects/")

    assert 'lang="zh-Hans"' in asked(client, "/zh-hans/projects/")[0].content.decode()
    assert "万" in asked(client, "/zh-hans/projects/?units=wan")[0].content.decode()
    assert 'lang="en"' in asked(client, "/projects/")[0].content.decode()
    other = client.get("/projects/", headers={"host": "ftz.example"})
    assert b"testserver" not in other.content


def test_units_chosen_by_cookie_are_cached_separately(client, project):
    public, _queries = asked(client, "/projects/")
    client.cookies["units"] = "wan"
    made, queries = asked(client, "/projects/")
    again, again_queries = asked(client, "/projects/")
    client.cookies.clear()

    assert b"10,000 CNY" in made.content
    assert again.content == made.content
    assert queries > again_queries == 1
    assert asked(client, "/projects/")[0].content == public.content


def test_errors_are_not_cached(client, project):
    for _turn in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/projects/?stage=x").status_code == 400
        assert len(queries) >= 1
    assert client.get("/projects/?stage=x").status_code == 400


def test_head_and_get_are_cached_separately(client, project):
    assert client.head("/projects/").content == b""
    assert b"Spinning mill" in client.get("/projects/").content
    assert client.head("/projects/").content == b""


@pytest.mark.cleans_up
def test_few_writes_are_stored_and_every_version_differs():
    states = [RecentWrite.objects.version()]
    for _write in range(300):
        RecentWrite.objects.bump()
        states.append(RecentWrite.objects.version())

    assert len(set(states)) == 301
    assert RecentWrite.objects.count() < 100


def test_a_write_that_is_rolled_back_bumps_no_version():
    stale = make_area(name="Another")
    Area.objects.filter(pk=stale.pk).update(version=7)
    before = RecentWrite.objects.version()
    stale.name = "Yet another"
    with pytest.raises(history.ConflictError):
        history.save(stale)

    assert RecentWrite.objects.version() == before
