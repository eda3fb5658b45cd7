"""The pages in a browser: the policy, the keyboard, a phone, and without a script."""

from decimal import Decimal

import pytest
from django.db import transaction
from playwright.sync_api import expect

from projects.management.demo import sample
from projects.models import ErrorReport
from tests.factories import (
    make_area,
    make_enterprise,
    make_headline,
    make_project,
    make_receipt,
    make_sector,
    make_source,
)

ADDRESSES = [
    "/",
    "/?search=kashi",
    "/projects/",
    "/projects/?area=kashi&area=urumqi&sector=trade&year=2023&amount_min=1亿",
    "/projects/?stage=finished&colour=red",
    "/projects/long/",
    "/enterprises/",
    "/enterprises/long/",
    "/areas/",
    "/areas/kashi/",
    "/totals/",
    "/totals/?by=area&then=sector",
    "/totals/?by=year",
    "/headlines/",
    "/sources/",
    "/sources/globaltimes-2023-11-13/",
    "/methods/",
    "/projects/long/report/",
    "/report/sent/",
    "/accounts/login/",
]
LONG = "Uninterruptedly" * 12
LARGEST = Decimal("99999999999999.99")


@pytest.fixture
def register(transactional_db):
    """The sample, and beside it records as long and as large as they can be."""
    with transaction.atomic():
        sample.load()
        area = make_area(name=LONG, name_zh="喀什经济开发区" * 20)
        lead = make_enterprise(
            code="long", name=LONG, name_zh="新疆丝路纺织有限公司" * 20, area=area
        )
        project = make_project(
            code="long",
            name=LONG,
            name_zh="中亚国际智能制造产业园" * 20,
            area=area,
            enterprise=lead,
            partners=[make_enterprise(name=LONG)],
            sectors=[make_sector(name=LONG), make_sector(name="", name_zh="新材料与电子信息" * 10)],
            amount=LARGEST,
            qualifier="at_least",
            sources=[make_source(title=LONG, publisher=LONG, url=f"https://example.org/{LONG}")],
        )
        make_receipt(project, LARGEST)
        for value in (LARGEST, Decimal("1.00")):
            make_headline(area=area, value=value, quote=LONG, source=make_source(title=LONG))


def test_no_page_breaches_the_policy_or_is_wider_than_the_screen(browser_page, register):
    wider = []
    for address in ADDRESSES:
        browser_page.goto(address)
        expect(browser_page.locator("h1")).to_have_count(1)
        for width in (768, 360, 320):
            browser_page.set_viewport_size({"width": width, "height": 740})
            if browser_page.evaluate("document.documentElement.scrollWidth") > width:
                wider.append((address, width))

    assert wider == []


def test_pages_are_styled_in_both_schemes(browser_page, register):
    browser_page.goto("/")

    for scheme, colour in (("light", "rgb(255, 255, 255)"), ("dark", "rgb(18, 24, 26)")):
        browser_page.emulate_media(color_scheme=scheme)
        paper = browser_page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert paper == colour


def test_a_wide_table_scrolls_in_its_own_frame_by_keyboard(browser_page, register):
    browser_page.set_viewport_size({"width": 360, "height": 740})
    browser_page.goto("/totals/?by=sector&then=stage")
    frame = browser_page.get_by_role("region", name="Contracted, CNY")

    frame.focus()
    browser_page.keyboard.press("ArrowRight")

    expect(frame).not_to_have_js_property("scrollLeft", 0)


@pytest.fixture
def kashi(transactional_db):
    with transaction.atomic():
        sample.load()


def test_a_row_of_projects_without_room_is_a_card_that_names_each_value(browser_page, kashi):
    browser_page.goto("/projects/")
    cell = browser_page.locator("tbody td.number").first

    for width, label in ((390, '"Amount"'), (820, '"Amount"'), (1440, "none")):
        browser_page.set_viewport_size({"width": width, "height": 740})
        assert cell.evaluate("e => getComputedStyle(e, '::before').content") == label
        box = cell.bounding_box()
        assert box["x"] + box["width"] <= width


@pytest.mark.parametrize("address", ["/projects/", "/totals/?by=sector&then=stage"])
def test_a_printed_table_fits_the_sheet_and_has_its_total_once(browser_page, kashi, address):
    # A sheet of A4 between its margins.
    browser_page.set_viewport_size({"width": 700, "height": 990})
    browser_page.emulate_media(media="print")
    browser_page.goto(address)

    assert browser_page.evaluate("document.documentElement.scrollWidth") <= 700
    expect(browser_page.locator("table thead")).to_be_visible()
    for foot in browser_page.locator("tfoot").all():
        expect(foot).to_have_css("display", "table-row-group")


def test_the_first_stop_of_the_keyboard_skips_to_the_content(browser_page, register):
    browser_page.goto("/projects/")

    browser_page.keyboard.press("Tab")
    expect(browser_page.get_by_role("link", name="Skip to main content")).to_be_focused()
    browser_page.keyboard.press("Enter")

    expect(browser_page.locator("main")).to_be_focused()


def test_what_has_the_focus_is_outlined(browser_page, register):
    browser_page.goto("/projects/")

    for selector in ("header nav a", ".panel input", ".panel select", ".panel button", "thead a"):
        first = browser_page.locator(selector).first
        # As a reader gets there, for the browser shows the outline to the keyboard only.
        browser_page.keyboard.press("Tab")
        first.focus()
        assert first.evaluate("e => getComputedStyle(e).outlineStyle") == "solid", selector


def test_a_list_is_filtered_by_keyboard(browser_page, register):
    page = browser_page
    page.goto("/projects/?page_size=10")

    page.get_by_label("Search", exact=True).focus()
    page.keyboard.type("cold chain")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Basis", exact=True)).to_be_focused()
    page.keyboard.type("contracted")
    expect(page.get_by_label("Basis", exact=True)).to_have_value("contracted")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/projects/?*search=cold*")

    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody th")).to_have_text("Cold chain base")
    expect(page.get_by_role("link", name="Remove Basis: contracted")).to_be_visible()
    assert "page_size=10" in page.url


def test_a_chip_takes_its_filter_away(browser_page, register):
    page = browser_page
    page.goto("/projects/?area=kashi&search=cold")
    expect(page.locator("tbody tr")).to_have_count(1)

    page.get_by_role("link", name="Remove Search: cold").click()

    expect(page.locator("tbody tr")).to_have_count(5)
    expect(page.locator("#id_area")).to_have_value("kashi")


def follow_a_total_to_its_source(page):
    page.goto("/totals/")
    page.get_by_label("By", exact=True).select_option("area")
    page.get_by_role("button", name="Show").click()
    row = page.locator("tbody tr", has=page.get_by_role("rowheader", name="Kashi", exact=True))
    row.get_by_role("link", name="at least 1,000,000,000.00 CNY").click()
    expect(page.locator("tbody tr")).to_have_count(5)
    expect(page.locator(".summary")).to_contain_text(
        "at least 1,000,000,000.00 CNY, 1 of 5 disclosed"
    )
    page.get_by_role("link", name="Central Asia International").click()
    expect(page.locator(".figure")).to_contain_text("1 billion CNY")
    page.get_by_role("link", name="Kashi Area of Xinjiang Pilot FTZ inaugurated").click()
    expect(page.locator("h1")).to_have_text("Kashi Area of Xinjiang Pilot FTZ inaugurated")


def test_a_total_is_followed_down_to_its_records_and_its_source(browser_page, register):
    follow_a_total_to_its_source(browser_page)


def test_a_total_is_followed_without_a_script_too(browser, live_server, register):
    with browser.new_context(base_url=live_server.url, java_script_enabled=False) as context:
        follow_a_total_to_its_source(context.new_page())


def test_more_filters_open_without_a_script(browser, live_server, register):
    with browser.new_context(base_url=live_server.url, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/projects/")
        expect(page.locator("#id_currency")).to_be_hidden()

        page.get_by_text("More filters").click()
        page.locator("#id_currency").fill("USD")
        page.get_by_role("button", name="Filter").click()

        expect(page.get_by_text("No projects.")).to_be_visible()
        expect(page.get_by_role("link", name="Remove Currency: USD")).to_be_visible()


def test_a_reader_asks_how_a_total_was_made_and_reports_an_error_without_a_script(
    browser, live_server, register
):
    with browser.new_context(base_url=live_server.url, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/totals/?by=area&area=kashi")
        page.get_by_text("How was this computed?").click()
        page.get_by_role("link", name="4 projects").click()
        page.get_by_role("link", name="Cold chain base").click()
        page.get_by_role("link", name="Report an error").click()
        page.get_by_label("What is wrong").fill("It has an amount by now.")
        page.get_by_label("What is right").fill("2亿元")
        page.get_by_role("button", name="Send the report").click()
        expect(page.locator("h1")).to_have_text("Thank you")

    report = ErrorReport.objects.get()
    assert (report.model_name, report.right) == ("projects", "2亿元")


def test_the_words_of_a_picture_keep_their_size_on_every_screen(browser_page, register):
    browser_page.goto("/")
    picture = browser_page.get_by_role("img", name="Contracted funds by sector, CNY")

    for width in (320, 1440):
        browser_page.set_viewport_size({"width": width, "height": 740})
        sizes = picture.locator("text").evaluate_all(
            "found => [...new Set(found.map(e => getComputedStyle(e).fontSize))]"
        )
        assert sizes == ["14px"]
        expect(picture).to_have_js_property("clientHeight", int(picture.get_attribute("height")))


def test_a_printed_page_leaves_out_what_cannot_be_pressed(browser_page, register):
    browser_page.emulate_media(media="print")
    browser_page.goto("/projects/")

    expect(browser_page.locator("form.panel")).to_be_hidden()
    expect(browser_page.get_by_role("navigation", name="Main")).to_be_hidden()
    expect(browser_page.locator("table")).to_be_visible()
