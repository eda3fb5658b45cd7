def test_a_browser_shows_a_styled_page_without_complaint(browser_page):
    browser_page.goto("/admin/login/")

    assert browser_page.get_by_role("button", name="Log in").is_visible()
    style = "getComputedStyle(document.querySelector('#header')).backgroundColor"
    assert browser_page.evaluate(style) != "rgba(0, 0, 0, 0)"
