"""axe finds no violation on any page, in every language and in both colour schemes."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.e2e.test_admin import cookies
from tests.helpers.browser_pages import LANGUAGES, addresses
from tests.helpers.selection import CHAOS, every_nth
from tests.helpers.site_urls import make_register

# In the dark scheme only what depends on colours.
SCHEMES = {"light": None, "dark": {"runOnly": ["color-contrast"]}}
# Violations of Django's own admin pages.
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
    expected = 400 if "finished" in address else 200
    assert page.goto(address).status == expected, address
    found = []
    for scheme, options in SCHEMES.items():
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for one in Axe().run(page, options=options).response["violations"]:
            if one["id"] not in known:
                where = "; ".join(str(node["target"]) for node in one["nodes"][:3])
                found.append(f"{address} ({scheme}): {one['id']}: {one['help']}: {where}")
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_on_any_page(browser_page, live_server, register, language):
    """Public pages are read by a visitor or a user, in turn; under CHAOS=1 by both."""
    public = list(addresses(language, register, signed_in=False))
    of_visitors = every_nth(public, 2, LANGUAGES.index(language))
    found = []
    for address in of_visitors:
        found += violations(browser_page, address)
    browser_page.context.add_cookies(cookies(live_server, register.user))
    for address in addresses(language, register, signed_in=True):
        if CHAOS or address not in of_visitors:
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
