"""No page of ours ships more than 100 KB, compressed and all in, nor asks for much besides."""

import gzip

import pytest

from tests.e2e.test_admin import cookies
from tests.helpers.browser_pages import LANGUAGES, addresses
from tests.helpers.site_urls import make_register

MOST_BYTES = 100_000
MOST_BESIDES = 2
PARTS = {"document", "stylesheet", "script"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_light(browser_page, live_server, transactional_db, language):
    register = make_register()
    browser_page.context.add_cookies(cookies(live_server, register.user))
    answers = []
    browser_page.on("response", lambda answer: answers.append(answer))
    heavy = []

    for address in addresses(language, register, signed_in=True):
        answers.clear()
        browser_page.goto(address, wait_until="networkidle")
        whole = [one for one in answers if one.status == 200]
        size = sum(len(gzip.compress(one.body(), 6)) for one in whole)
        besides = [one.url for one in whole if one.request.resource_type not in PARTS]
        if size > MOST_BYTES or len(besides) > MOST_BESIDES:
            heavy.append(f"{address}: {size} bytes, {besides}")

    assert "\n".join(heavy) == ""
