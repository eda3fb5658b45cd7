"""Lists in a browser: changed in place, walked by keys, and whole without a script."""

import re

import pytest
from playwright.sync_api import expect

from tests.factories import make_area, make_project


@pytest.fixture
def register(transactional_db):
    kashi, urumqi = make_area(code="kashi", name="Kashi"), make_area(code="urumqi", name="Urumqi")
    make_project(code="p1", name="Dry port", area=kashi)
    make_project(code="p2", name="Cold chain base", area=kashi)
    make_project(code="p3", name="Battery factory", area=urumqi)


def rows(page):
    return page.locator("#list tbody tr")


def test_a_facet_changes_the_list_in_place_and_back_leads_back(browser_page, register):
    page = browser_page
    page.goto("/projects/")
    page.evaluate("document.documentElement.dataset.same = 'yes'")

    page.locator("#facet-area-kashi").click()

    expect(rows(page)).to_have_count(2)
    expect(page).to_have_url(re.compile(r"/projects/\?area=kashi$"))
    # The page is the same one, and the focus where it was.
    assert page.evaluate("document.documentElement.dataset.same") == "yes"
    expect(page.locator("#facet-area-kashi")).to_be_focused()

    page.locator("#sort-name").click()
    expect(page.locator("th[aria-sort=ascending]")).to_have_text("Name")
    # Back is answered by the server anew, which the list then shows.
    page.evaluate("history.back()")
    expect(page.locator("th[aria-sort=ascending]")).to_have_text("Code")
    expect(rows(page)).to_have_count(2)
    page.evaluate("history.back()")
    expect(rows(page)).to_have_count(3)
    expect(page).to_have_url(re.compile("/projects/$"))


def test_the_form_filters_in_place(browser_page, register):
    page = browser_page
    page.goto("/projects/")
    page.evaluate("document.documentElement.dataset.same = 'yes'")

    page.locator("#id_search").fill("Battery")
    page.locator("#id_search").press("Enter")

    expect(rows(page)).to_have_count(1)
    expect(page).to_have_url(re.compile(r"\?search=Battery&ordering=code$"))
    expect(page.locator("#id_search")).to_be_focused()
    assert page.evaluate("document.documentElement.dataset.same") == "yes"


def test_keys_walk_the_rows_and_can_be_switched_off(browser_page, register):
    page = browser_page
    page.goto("/projects/")

    page.keyboard.press("/")
    expect(page.locator("#id_search")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Cold chain base")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("link", name="Dry port")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/projects/p1/")

    page.go_back()
    page.locator("#keys summary").click()
    page.get_by_label("Use keyboard shortcuts in this browser").uncheck()
    page.reload()
    page.keyboard.press("/")
    expect(page.locator("#id_search")).not_to_be_focused()


def test_every_part_of_a_list_works_without_a_script(browser, live_server, register):
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    page = context.new_page()
    page.goto("/projects/")

    page.locator("#facet-area-kashi").click()
    expect(page).to_have_url(re.compile(r"/projects/\?area=kashi$"))
    expect(rows(page)).to_have_count(2)
    page.locator("#sort-name").click()
    expect(rows(page).first).to_contain_text("Cold chain base")
    page.locator(".chips a").first.click()
    expect(rows(page)).to_have_count(3)
    context.close()
