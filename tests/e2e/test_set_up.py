import pytest


def test_a_browser_shows_a_styled_page(browser_page):
    browser_page.goto("/accounts/login/")

    assert browser_page.get_by_role("button", name="Sign in").is_visible()
    style = "getComputedStyle(document.querySelector('header.site')).backgroundColor"
    assert browser_page.evaluate(style) != "rgba(0, 0, 0, 0)"


@pytest.mark.parametrize("address", ["/api/v1/", "/api/v1/projects/", "/api/v1/totals/"])
def test_the_browsable_api_keeps_to_the_policy(browser_page, address):
    response = browser_page.goto(address)

    assert response.status == 200
    assert browser_page.get_by_role("link", name="GET", exact=True).is_visible()


def test_the_description_of_the_api_keeps_to_the_policy(browser_page):
    browser_page.goto("/api/docs/")

    browser_page.get_by_text("/api/v1/areas/", exact=True).first.wait_for()
    browser_page.wait_for_load_state("networkidle")
