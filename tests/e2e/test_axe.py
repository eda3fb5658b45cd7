"""axe finds nothing on any page of ours, in every language and in both colour schemes."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client

from tests.e2e.test_admin import cookies
from tests.helpers.browser_pages import LANGUAGES, addresses
from tests.helpers.site_urls import make_register

SCHEMES = ("light", "dark")
# What Django's own pages of the admin have, which are not ours to mend.
OF_THE_ADMIN = {
    # select2 names the box of an autocomplete by what is chosen in it.
    "aria-input-field-name",
    "label",
    # Links of its sidebar, in the row that is the page's own and in dark mode.
    "color-contrast",
    "empty-table-header",
    # The search of a list, and cells of the rows below a form, are named by titles and headings.
    "label-title-only",
}
ADMIN = (
    "/admin/",
    "/admin/projects/project/",
    "/admin/projects/project/add/",
    "/admin/projects/enterprise/add/",
    "/admin/projects/receipt/add/",
)


@pytest.fixture
def register(transactional_db):
    return make_register()


def violations(page, address, known=frozenset()):
    page.goto(address)
    found = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for one in Axe().run(page).response["violations"]:
            if one["id"] not in known:
                where = "; ".join(str(node["target"]) for node in one["nodes"][:3])
                found.append(f"{address} ({scheme}): {one['id']}: {one['help']}: {where}")
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("signed_in", [False, True])
def test_axe_finds_nothing_on_any_page(browser_page, live_server, register, language, signed_in):
    if signed_in:
        browser_page.context.add_cookies(cookies(live_server, register.user))
    found = []
    for address in addresses(language, register, signed_in=signed_in):
        found += violations(browser_page, address)

    assert "\n".join(found) == ""


def test_on_forms_of_the_admin_axe_finds_only_what_is_known_of_stock_ones(
    browser, live_server, register
):
    # axe scrolls what is wide, by styles that the policy of a page does not let it write.
    with browser.new_context(base_url=live_server.url, bypass_csp=True) as context:
        context.add_cookies(cookies(live_server, register.user))
        page = context.new_page()
        found = []
        for address in ADMIN:
            found += violations(page, address, known=OF_THE_ADMIN)

    assert "\n".join(found) == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_that_is_looked_at_is_there(register, language):
    client = Client()
    client.force_login(register.user)

    for address in addresses(language, register, signed_in=True):
        expected = 400 if "finished" in address else 200
        assert client.get(address, follow=True).status_code == expected, address
