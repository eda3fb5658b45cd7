"""Two people and one record, in browsers."""

import pytest
from django.test import Client
from django.urls import reverse

from projects import history
from projects.models import Project
from tests.factories import make_project, make_sector, make_user


@pytest.fixture(params=[True, False], ids=["with a script", "without"])
def office(request, browser, live_server, transactional_db):
    client = Client()
    client.force_login(make_user("superuser"))
    session = client.cookies["sessionid"].value
    with browser.new_context(
        base_url=live_server.url, java_script_enabled=request.param
    ) as context:
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        yield context.new_page()


def test_a_stale_form_comes_back_with_both_and_is_saved_the_second_time(office):
    project = make_project(name="Park", sectors=[make_sector()])
    office.goto(reverse("admin:projects_project_change", args=[project.pk]))
    office.fill("#id_note", "Mine")
    theirs = Project.objects.get()
    theirs.note, theirs.name_zh = "Theirs", "产业园"
    history.save(theirs, sectors=[(make_sector(name="Trade"), None)])

    office.get_by_role("button", name="Save", exact=True).click()
    office.locator(".errorlist", has_text="Not saved").wait_for()
    shown = office.locator("#differences").inner_text()
    again = office.input_value("#id_note"), office.input_value("#id_name_zh")
    office.get_by_role("button", name="Save", exact=True).click()
    office.locator(".messagelist .success").wait_for()

    assert all(words in shown for words in ("Theirs", "Mine", "产业园", "Trade"))
    assert again == ("Mine", "产业园")
    project.refresh_from_db()
    assert (project.note, project.name_zh) == ("Mine", "产业园")
    assert [str(one.sector) for one in project.shares.all()] == ["Trade"]


@pytest.mark.parametrize("office", [True], indirect=True, ids=["with a script"])
def test_the_forms_of_the_api_write_to_the_state_that_they_show(office):
    project = make_project(code="p")
    office.goto("/api/v1/projects/p/")
    office.locator("#id__content").last.fill('{"note": "Mine"}')

    office.get_by_role("button", name="PATCH").click()
    office.locator(".response-info", has_text='"note": "Mine"').wait_for()
    project.refresh_from_db()
    project.note = "Theirs"
    history.save(project)
    office.locator("#id__content").last.fill('{"note": "Mine again"}')
    office.get_by_role("button", name="PATCH").click()
    office.locator(".response-info", has_text="412 Precondition Failed").wait_for()

    assert Project.objects.get().note == "Theirs"
