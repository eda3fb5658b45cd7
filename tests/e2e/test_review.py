"""From a clerk's form to what the public reads, in a browser; review needs no script."""

import pytest
from playwright.sync_api import expect

from projects.models import Project
from tests.e2e.test_admin import cookies
from tests.factories import make_area, make_project, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def as_somebody(browser, live_server, transactional_db):
    """Makes a page of somebody who is signed in, in a browser without a script."""
    contexts = []

    def open_page(user):
        context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
        contexts.append(context)
        context.add_cookies(cookies(live_server, user))
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


def save(page):
    page.click("[name=_save]")
    page.locator(".messagelist li").first.wait_for()


def test_a_clerk_enters_a_reviewer_publishes_and_the_public_reads(browser_page, as_somebody):
    make_area(code="kashi", name="Kashi")
    clerk, reviewer = (as_somebody(make_user(role)) for role in ("clerk", "reviewer"))

    clerk.goto("/admin/projects/project/add/")
    clerk.fill("#id_code", "KS-9")
    clerk.fill("#id_name", "Cold chain base")
    save(clerk)
    assert browser_page.goto("/projects/KS-9/").status == 404

    clerk.goto("/review/?whose=mine")
    expect(clerk.get_by_role("cell", name="waits for review")).to_be_visible()
    expect(clerk.get_by_role("checkbox")).to_have_count(0)

    # Sent back with a reason, mended, and published.
    reviewer.goto("/projects/")
    reviewer.get_by_role("link", name="Review 1 waiting").click()
    reviewer.get_by_role("link", name="Cold chain base").click()
    reviewer.get_by_label("Reason").fill("Which area?")
    reviewer.get_by_role("button", name="Return with this reason").click()
    expect(reviewer.get_by_role("status")).to_contain_text("has been returned")
    clerk.goto("/review/?whose=mine")
    expect(clerk.get_by_text("Which area?")).to_be_visible()
    clerk.get_by_role("link", name="Edit").click()
    clerk.fill("#id_name", "Cold chain base of Kashi")
    save(clerk)

    reviewer.goto("/review/")
    reviewer.get_by_role("checkbox", name="Cold chain base of Kashi").check()
    reviewer.get_by_role("button", name="Publish selected").click()
    expect(reviewer.get_by_role("status")).to_contain_text("1 draft has been published")

    assert browser_page.goto("/projects/KS-9/").status == 200
    expect(browser_page.get_by_role("heading", level=1)).to_have_text("Cold chain base of Kashi")
    expect(browser_page.locator(".history li")).to_have_count(1)
    expect(browser_page.locator(".history li")).to_contain_text("published by a reviewer")


def test_what_is_proposed_is_published_once_it_is_accepted(browser_page, as_somebody):
    project = make_project(code="KS-1", name="Cotton yarn")
    clerk, reviewer = (as_somebody(make_user(role)) for role in ("clerk", "reviewer"))

    clerk.goto(f"/admin/projects/project/{project.pk}/change/")
    clerk.fill("#id_name", "Yarn")
    save(clerk)
    browser_page.goto("/projects/KS-1/")
    expect(browser_page.get_by_role("heading", level=1)).to_have_text("Cotton yarn")

    reviewer.goto("/projects/KS-1/")
    reviewer.get_by_role("link", name="change,").click()
    expect(reviewer.get_by_role("row", name="Name")).to_contain_text("Cotton yarn")
    reviewer.get_by_role("button", name="Accept and publish").click()
    expect(reviewer.get_by_role("status")).to_contain_text("Published as proposed")

    browser_page.reload()
    expect(browser_page.get_by_role("heading", level=1)).to_have_text("Yarn")
    assert Project.objects.get().version == 2


def test_the_pages_of_review_fit_a_phone_and_paper(as_somebody):
    project = make_project(code="KS-1", name="A name that is as long as names of parks are" * 3)
    clerk, reviewer = (as_somebody(make_user(role)) for role in ("clerk", "reviewer"))
    clerk.goto(f"/admin/projects/project/{project.pk}/change/")
    clerk.fill("#id_name", "Another name that is as long as names of parks are" * 3)
    clerk.fill("#id_note", "https://www.example.com/" + "a" * 300)
    save(clerk)
    reviewer.set_viewport_size({"width": 390, "height": 844})
    reviewer.goto("/review/")
    proposal = reviewer.locator(".queue a").last.get_attribute("href")

    for address in ("/review/", proposal, "/review/deleted/", "/projects/KS-1/"):
        reviewer.goto(address)
        # Without a script of the page's own, the browser still measures.
        width = reviewer.locator("html").evaluate("element => element.scrollWidth")
        assert width <= 390, address
    reviewer.emulate_media(media="print")
    reviewer.goto(proposal)
    expect(reviewer.get_by_role("button", name="Accept and publish")).to_be_hidden()
    expect(reviewer.get_by_role("row", name="Name")).to_be_visible()
