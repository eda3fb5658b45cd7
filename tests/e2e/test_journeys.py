"""Whole journeys of readers and staff, from the first click to the last."""

import csv
import re
from decimal import Decimal

import pytest
from django.db import transaction
from playwright.sync_api import expect

from tests.e2e.test_admin import cookies
from tests.factories import (
    make_area,
    make_enterprise,
    make_project,
    make_sector,
    make_source,
    make_user,
)


@pytest.fixture
def register(transactional_db):
    """A few projects of which one is looked for."""
    with transaction.atomic():
        kashi = make_area(code="kashi", name="Kashi Area", name_zh="喀什片区")
        other = make_area(code="urumqi", name="Urumqi Area", name_zh="乌鲁木齐片区")
        trade = make_sector(code="trade", name="Trade", name_zh="贸易")
        press = make_source(
            code="press",
            title="Signed in Kashi",
            publisher="A newspaper",
            url="https://example.org/a",
            quote="Its words",
        )
        lead = make_enterprise(code="lead", name="Silk Road", name_zh="新疆丝路纺织有限公司")
        make_project(
            code="park",
            name="Textile park",
            name_zh="中亚纺织产业园",
            area=kashi,
            enterprise=lead,
            sectors=[trade],
            amount=Decimal("1000000000.00"),
            sources=[press],
        )
        make_project(code="hidden", name="Depot", area=kashi, sectors=[trade], amount=None)
        make_project(code="far", name="Far away", area=other, amount=Decimal("5.00"))


def test_a_project_is_found_by_its_chinese_name_typed_in_pinyin(browser_page, register):
    browser_page.goto("/")
    browser_page.get_by_role("searchbox").fill("zhongya fangzhi")
    browser_page.keyboard.press("Enter")
    browser_page.get_by_role("main").get_by_role("link", name="Textile park").click()

    expect(browser_page).to_have_url(re.compile("/projects/park/$"))
    expect(browser_page.get_by_role("heading", level=1)).to_contain_text("Textile park")
    expect(browser_page.get_by_text("中亚纺织产业园").first).to_be_visible()


def test_a_list_is_narrowed_by_a_facet_and_taken_away(browser_page, register):
    browser_page.goto("/projects/")
    browser_page.get_by_role("link", name="Kashi Area 2").click()
    expect(browser_page.get_by_text("2 records, 1 with a disclosed amount.")).to_be_visible()
    expect(browser_page).to_have_url(re.compile(r"\?area=kashi$"))

    with browser_page.expect_download() as download:
        browser_page.get_by_role("link", name="CSV").click()

    with open(download.value.path(), encoding="utf-8-sig", newline="") as file:
        assert [row["code"] for row in csv.DictReader(file)] == ["hidden", "park"]


def test_the_language_is_switched_and_the_filters_kept(browser_page, register):
    browser_page.goto("/projects/?area=kashi&ordering=-amount")
    browser_page.get_by_role("link", name="简体中文").click()

    expect(browser_page).to_have_url(
        re.compile(r"/zh-hans/projects/\?area=kashi&ordering=-amount$")
    )
    expect(browser_page.locator("html")).to_have_attribute("lang", "zh-Hans")
    rows = browser_page.get_by_role("main").locator("tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("中亚纺织产业园")

    browser_page.get_by_role("link", name="English").click()
    expect(browser_page).to_have_url(re.compile(r"/projects/\?area=kashi&ordering=-amount$"))
    expect(rows.first).to_contain_text("Textile park")


def test_a_view_is_saved_and_its_address_shared(browser, browser_page, live_server, register):
    with transaction.atomic():
        user = make_user("viewer", username="aynur")
    browser_page.context.add_cookies(cookies(live_server, user))
    browser_page.goto("/projects/?area=kashi&disclosed=true")
    browser_page.get_by_text("Your views").click()
    browser_page.get_by_label("Save this view under a name").fill("Kashi, disclosed")
    browser_page.get_by_role("button", name="Save", exact=True).click()
    expect(browser_page.get_by_text("The view “Kashi, disclosed” has been saved.")).to_be_visible()

    browser_page.goto("/projects/")
    browser_page.get_by_text("Your views").click()
    browser_page.get_by_role("link", name="Kashi, disclosed").click()
    expect(browser_page).to_have_url(re.compile(r"area=kashi&disclosed=true$"))

    with browser.new_context(base_url=live_server.url) as another:
        page = another.new_page()
        page.goto(browser_page.url)
        expect(page.get_by_role("main").locator("tbody tr")).to_have_count(1)
        expect(page.get_by_role("main").locator("tbody")).to_contain_text("Textile park")


def test_a_form_of_staff_warns_before_the_session_ends(browser_page, live_server, transactional_db):
    with transaction.atomic():
        user = make_user("superuser", username="aynur")
    browser_page.context.add_cookies(cookies(live_server, user))
    browser_page.clock.install()
    browser_page.goto("/admin/projects/project/add/")
    notice = browser_page.locator("#session-notice")
    expect(notice).to_be_hidden()

    browser_page.clock.fast_forward("11:51:00")
    expect(notice).to_contain_text("You will be signed out at")
    notice.get_by_role("button", name="Stay signed in").click()
    expect(notice).to_be_hidden()

    browser_page.clock.fast_forward("11:51:00")
    user.end_sessions()
    browser_page.clock.fast_forward("10:00")
    expect(notice).to_contain_text("You have been signed out.")
