"""No page loads more than 100 KB, compressed and with its files, nor many other files."""

import gzip

import pytest

from tests.e2e.test_admin import cookies
from tests.helpers.browser_pages import LANGUAGES, addresses
from tests.helpers.selection import every_nth
from tests.helpers.site_urls import make_register

MOST_BYTES = 100_000
MOST_OTHERS = 2
PARTS = {"document", "stylesheet", "script"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_light(browser_page, live_server, transactional_db, language):
    register = make_register()
    browser_page.context.add_cookies(cookies(live_server, register.user))
    answers = []
    browser_page.on("response", lambda answer: answers.append(answer))
    heavy = []

    pages = list(addresses(language, register, signed_in=True))
    for address in every_nth(pages, 2, LANGUAGES.index(language)):
        answers.clear()
        browser_page.goto(address, wait_until="networkidle")
        whole = [one for one in answers if one.status == 200]
        size = sum(len(gzip.compress(one.body(), 6)) for one in whole)
        others = [one.url for one in whole if one.request.resource_type not in PARTS]
        if size > MOST_BYTES or len(others) > MOST_OTHERS:
            heavy.append(f"{address}: {size} bytes, {others}")

    assert "\n".join(heavy) == ""
