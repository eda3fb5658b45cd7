"""What the strict policies must leave working: the admin's helpers and the API's own pages."""

import re

import pytest
from playwright.sync_api import expect

from projects.models import Project
from tests.e2e.test_admin import cookies
from tests.factories import make_enterprise, make_project, make_user


@pytest.fixture
def signed_in(browser_page, live_server, transactional_db):
    browser_page.context.add_cookies(cookies(live_server, make_user("superuser")))
    return browser_page


def test_a_day_is_picked_and_an_enterprise_is_made_in_a_window_of_its_own(signed_in):
    page = signed_in
    page.goto("/admin/projects/project/add/")
    page.locator("#id_signed_on ~ .datetimeshortcuts a").first.click()
    expect(page.locator("#id_signed_on")).to_have_value(re.compile(r"\d{4}-\d{2}-\d{2}"))
    page.locator("#id_registered_on ~ .datetimeshortcuts .date-icon").click()
    page.locator(".calendarbox:visible td a", has_text="15").first.click()
    expect(page.locator("#id_registered_on")).to_have_value(re.compile("-15$"))

    with page.expect_popup() as opened:
        page.locator("#add_id_enterprise").click()
    window = opened.value
    window.fill("#id_code", "new")
    window.fill("#id_name", "New enterprise")
    with window.expect_event("close"):
        window.get_by_role("button", name="Save", exact=True).click()

    expect(page.locator(".field-enterprise .select2-selection")).to_contain_text("New enterprise")


def test_records_are_searched_chosen_and_deleted_in_the_list(signed_in):
    page = signed_in
    make_project(code="gone", name="To be gone")
    make_project(code="kept", name="To be kept")
    page.goto("/admin/projects/project/?q=gone")
    page.locator("#action-toggle").check()
    page.locator("select[name=action]").select_option("delete_selected")
    page.get_by_role("button", name="Run").or_(page.get_by_role("button", name="Go")).click()
    page.get_by_role("button", name="Yes, I’m sure").click()
    page.locator(".messagelist .success").wait_for()

    assert [project.code for project in Project.objects.all()] == ["kept"]


def test_the_pages_of_the_api_write_in_a_session_without_reading_its_cookie(signed_in):
    page = signed_in
    make_enterprise(code="lead")
    page.goto("/api/v1/projects/?format=api")
    raw = page.locator("#post-generic-content-form, form[method=POST]").last
    raw.locator("textarea").fill('{"code": "posted", "name": "Posted", "stage": "intended"}')
    raw.get_by_role("button", name="POST").click()
    expect(page.locator(".response-info")).to_contain_text("HTTP 201 Created")

    assert "csrftoken" not in page.evaluate("document.cookie")
    assert Project.objects.get().code == "posted"


def test_the_description_is_read_and_tried_out(signed_in):
    page = signed_in
    page.goto("/api/docs/")
    page.locator("#operations-zones-zones_list").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()

    expect(page.locator(".live-responses-table .response-col_status").last).to_contain_text("200")
