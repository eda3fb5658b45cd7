"""A signing is entered by keyboard alone, with few keys more than the values."""

from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from projects.models import Project
from tests.e2e.test_admin import cookies
from tests.factories import make_area, make_enterprise, make_sector, make_source, make_user

# From the first field to the saved record: one for each field that is passed, two or three for
# each that is chosen: 27 when it was measured, ten seconds at three keys a second.
MOST_KEYS = 30


class Keyboard:
    """Presses keys and counts those that are no text."""

    def __init__(self, page):
        self.page = page
        self.keys = 0

    def press(self, key):
        self.keys += 1
        self.page.keyboard.press(key)

    def focused(self):
        return self.page.evaluate(
            "(document.activeElement.id || document.activeElement.getAttribute('aria-labelledby')"
            " || document.activeElement.name || '')"
        )

    def tab_to(self, *names):
        """Go on until the focus is in one of these."""
        for _ in range(40):
            if self.focused() in names:
                return
            self.press("Tab")
        raise AssertionError(f"Tab does not lead to {names}: it is in {self.focused()}")

    def type(self, name, text):
        self.tab_to(name)
        self.page.keyboard.insert_text(text)

    def choose(self, name, text, option):
        """In an autocomplete: open it, search, and take what is found."""
        self.tab_to(f"select2-{name}-container")
        self.press("Space")
        # select2 moves the focus by a timer, before which a letter would reach the closed box.
        expect(self.page.locator(".select2-search__field").last).to_be_focused()
        self.page.keyboard.type(text)
        self.page.locator(".select2-results__option--highlighted", has_text=option).wait_for()
        self.press("Enter")
        expect(self.page.locator(f"[aria-labelledby=select2-{name}-container]")).to_be_focused()


@pytest.fixture
def signed_in(browser_page, live_server, transactional_db):
    browser_page.context.add_cookies(cookies(live_server, make_user("superuser")))
    return browser_page


def test_a_signing_is_entered_without_a_mouse_and_with_few_keys(signed_in):
    area = make_area(code="kashi", name="Kashi", name_zh="喀什片区")
    make_enterprise(code="xingda", name="", name_zh="兴达纺织")
    make_source(code="press", title="A paper")
    make_sector(code="trade", name="Trade")
    signed_in.goto(f"/admin/projects/project/add/?area={area.pk}")
    hands = Keyboard(signed_in)

    hands.type("id_code", "KS-2023-001")
    hands.type("id_name_zh", "纺织产业园")
    hands.choose("id_enterprise", "xdfz", "兴达纺织")
    hands.type("id_amount", "17.6亿元")
    signed_in.get_by_text("1,760,000,000.00 CNY = 17.6亿元").wait_for()
    hands.type("id_signed_on", "2023-11-11")
    hands.press("Enter")
    signed_in.locator(".messagelist .success").wait_for()

    project = Project.objects.get()
    assert (project.name_zh, project.area, project.enterprise.code, project.amount) == (
        "纺织产业园",
        area,
        "xingda",
        Decimal("1760000000.00"),
    )
    assert project.signed_on == date(2023, 11, 11)
    assert hands.keys <= MOST_KEYS


def test_tab_and_enter_after_a_sector_stay_in_the_form(signed_in):
    make_sector(code="trade", name="Trade")
    make_sector(code="textiles", name="Textiles")
    signed_in.goto("/admin/projects/project/add/")
    hands = Keyboard(signed_in)
    hands.type("id_name", "Park")

    hands.choose("id_shares-0-sector", "trade", "Trade")
    hands.press("Tab")
    assert hands.focused() == "id_shares-0-share"
    signed_in.keyboard.insert_text("60")
    hands.press("Enter")
    hands.choose("id_shares-1-sector", "text", "Textiles")
    hands.press("Tab")
    signed_in.keyboard.insert_text("40")
    hands.press("Enter")

    assert not Project.objects.exists()
    assert signed_in.url.endswith("/admin/projects/project/add/")
    signed_in.get_by_role("button", name="Save", exact=True).click()
    signed_in.locator(".messagelist .success").wait_for()
    shares = Project.objects.get().shares.order_by("-share")
    assert [(one.sector.code, one.share) for one in shares] == [("trade", 60), ("textiles", 40)]
