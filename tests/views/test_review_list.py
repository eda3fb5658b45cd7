import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects import review
from projects.models import Project
from tests.factories import make_area, make_project, make_source, make_user
from tests.helpers.page_parser import check_policy, check_whole, read
from tests.helpers.review_pages import client_of, make_draft, make_draft_enterprise, page, propose

pytestmark = pytest.mark.django_db


def drafts(user, query=""):
    """The codes of the drafts in the list."""
    return codes(page(user, f"/review/{query}").all("table")[0])


def proposed(user, query=""):
    """The same of the records that proposals are about."""
    return codes(page(user, f"/review/{query}").all("table")[1])


def codes(table):
    return [code.text for code in table.one("tbody").all("span", class_="code")]


def cost(client, address):
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


def test_visitors_sign_in_and_readers_are_refused(client):
    assert client.get("/review/")["Location"] == "/accounts/login/?next=/review/"
    assert client_of(make_user("visitor")).get("/review/").status_code == 403
    assert client_of(make_user("visitor", is_staff=True)).get("/review/").status_code == 403
    assert client_of(make_user("clerk", is_staff=False)).get("/review/").status_code == 403


def test_the_list_is_whole(clerk, reviewer):
    make_draft(clerk)
    propose(clerk, make_project(), name="Other")

    for user in (clerk, reviewer):
        found = page(user, "/review/")
        check_whole(found)
        check_policy(found)


def test_drafts_have_their_author_and_proposals_their_fields(clerk, reviewer):
    make_draft(clerk, code="d-1", name="Cold chain", area=make_area(name="Kashi"))
    propose(clerk, make_project(code="p-1", name="Cotton"), name="Yarn", description="New")

    first, second = page(reviewer, "/review/").all("table")

    (row,) = first.rows()
    assert row[1:4] == ["Cold chaind-1", "Project", "Kashi"]
    assert row[4].endswith(clerk.username)
    assert row[5] == "waits for review"
    (row,) = second.rows()
    assert row[:3] == ["Cottonp-1", "Project", "Name, Description"]


def test_the_first_author_is_named_even_if_others_edited_it(clerk, reviewer):
    draft = make_draft(clerk)
    draft.name = "Mended"
    review.submit(reviewer, draft)

    (row,) = page(reviewer, "/review/").all("table")[0].rows()

    assert f"{clerk.username}(you)" not in row[-2]
    assert row[-2].endswith(f"{clerk.username} (you)")


def test_a_clerk_sees_what_became_of_their_entries(clerk, reviewer):
    draft, waits = make_draft(clerk, code="d-1"), make_draft(clerk, code="d-2")
    make_draft(code="d-3")
    review.return_draft(reviewer, draft, "Which year?")
    proposal = propose(clerk, make_project(code="p-1"), name="Yarn")
    review.return_proposal(reviewer, proposal, "Says who?")

    found = page(clerk, "/review/?whose=mine")

    first, second = (table.rows() for table in found.all("table"))
    assert [row[-1] for row in first] == [
        f"returned by {reviewer.username} Which year? Edit",
        "waits for review",
    ]
    assert second[0][-1] == f"returned by {reviewer.username} Says who?"
    assert found.link("Edit") == f"/admin/projects/project/{draft.pk}/change/"
    assert drafts(clerk, "?whose=mine&state=waiting") == [waits.code]
    assert drafts(clerk, "?whose=others") == ["d-3"]


def test_returned_proposals_of_others_need_a_filter(clerk, reviewer):
    proposal = propose(clerk, make_project(code="p-1"), name="Yarn")
    review.return_proposal(reviewer, proposal, "Says who?")

    assert proposed(reviewer) == []
    assert proposed(reviewer, "?state=returned") == ["p-1"]
    assert drafts(reviewer, "?state=accepted") == []


def test_the_lists_are_filtered_by_model_and_area(clerk, reviewer):
    here, there = make_area(code="here"), make_area(code="there")
    make_draft(clerk, code="d-1", area=here)
    make_draft(clerk, code="d-2", area=there)
    make_draft_enterprise(clerk, code="e-1", area=here)
    make_draft(clerk, code="d-3")
    propose(clerk, make_project(code="p-1", area=here), name="Yarn")
    propose(clerk, make_source(code="s-1"), title="Title")

    assert drafts(reviewer, "?noun=projects") == ["d-1", "d-2", "d-3"]
    assert drafts(reviewer, "?area=here") == ["d-1", "e-1"]
    assert drafts(reviewer, "?area=there&area=none") == ["d-2", "d-3"]
    assert drafts(reviewer, "?area=here&noun=enterprises") == ["e-1"]
    assert drafts(reviewer, "?noun=headlines") == []
    assert proposed(reviewer, "?area=here") == ["p-1"]
    assert proposed(reviewer, "?area=none") == ["s-1"]
    assert proposed(reviewer, "?noun=sources") == ["s-1"]


@pytest.mark.parametrize(
    "query",
    ["colour=red", "noun=zones", "area=nowhere", "whose=hers", "state=x", "page=0", "page=9",
     "proposals_page=2", "page_size=1000", "whose=mine&whose=others"],
)  # fmt: skip
def test_what_cannot_be_read_is_an_error_and_no_rows(clerk, reviewer, query):
    make_draft(clerk)

    found = page(reviewer, f"/review/?{query}", status=400)

    assert query.partition("=")[0] in found.one("div", role="alert").text
    assert found.all("table") == []


def test_somebody_limited_to_areas_sees_only_those(clerk):
    here, there = make_area(), make_area()
    make_draft(clerk, code="d-1", area=here)
    make_draft(clerk, code="d-2", area=there)
    propose(clerk, make_project(code="p-1", area=there), name="Yarn")
    limited = make_user("reviewer", areas=[here])

    assert drafts(limited) == ["d-1"]
    assert proposed(limited) == []


def box(user, record):
    (found,) = [
        one.attributes["value"]
        for one in page(user, "/review/").all("input", name="draft")
        if one.attributes["value"].split(":")[1] == str(record.pk)
        and one.attributes["value"].startswith(f"{record._meta.model_name}s:")
    ]
    return found


def test_several_drafts_are_published_together_whatever_they_refer_to(clerk, reviewer):
    firm = make_draft_enterprise(clerk)
    draft = make_draft(clerk, enterprise=firm)
    ticked = [box(reviewer, draft), box(reviewer, firm)]

    answer = client_of(reviewer).post("/review/?noun=projects&page=1", {"draft": ticked})

    assert (answer.status_code, answer["Location"]) == (302, "/review/?noun=projects")
    firm.refresh_from_db()
    draft.refresh_from_db()
    assert (firm.state, draft.state) == ("published", "published")


def test_all_of_them_or_none(clerk, reviewer):
    kept, edited = make_draft(clerk), make_draft(clerk)
    ticked = [box(reviewer, kept), box(reviewer, edited)]
    edited.name = "Renamed"
    review.submit(clerk, edited)

    answer = client_of(reviewer).post("/review/", {"draft": ticked})

    assert answer.status_code == 409
    found = read(answer.content.decode())
    assert "“Renamed” was changed by clerk-" in found.one("div", role="alert").text
    boxes = found.all("input", name="draft")
    assert ["checked" in one.attributes for one in boxes] == [True, True]
    assert not Project.objects.filter(state="published").exists()


def test_own_drafts_have_no_checkbox_and_are_not_published(reviewer):
    draft = make_draft(reviewer)
    other = make_draft(make_user("clerk"))

    boxes = page(reviewer, "/review/").all("input", name="draft")
    answer = client_of(reviewer).post("/review/", {"draft": [f"projects:{draft.pk}:1"]})

    assert [one.attributes["value"] for one in boxes] == [f"projects:{other.pk}:1"]
    assert answer.status_code == 403
    assert "This is your own entry" in answer.content.decode()


@pytest.mark.parametrize(
    "sent",
    [[], ["projects"], ["projects:x:1"], ["zones:1:1"], ["projects:1"], [f"projects:{'9' * 30}:1"],
     ["projects:１:1"], ["projects:999:1"]],
)  # fmt: skip
def test_an_invalid_list_of_drafts_publishes_nothing(reviewer, sent):
    answer = client_of(reviewer).post("/review/", {"draft": sent})

    assert answer.status_code == 409
    assert read(answer.content.decode()).one("div", role="alert").text


def test_a_clerk_has_no_checkboxes(clerk):
    draft = make_draft(make_user("clerk"))

    assert page(clerk, "/review/").all("input", name="draft") == []
    answer = client_of(clerk).post("/review/", {"draft": [f"projects:{draft.pk}:1"]})
    assert answer.status_code == 403


def test_the_lists_cost_the_same_whatever_waits(clerk, reviewer):
    area = make_area()

    def grow(times):
        for _ in range(times):
            firm = make_draft_enterprise(clerk, area=area)
            draft = make_draft(clerk, enterprise=firm, area=area)
            review.return_draft(reviewer, draft, "Why?")
            propose(clerk, make_project(area=area), name="Other")

    grow(1)
    client = client_of(reviewer)
    before = cost(client, "/review/")
    grow(8)

    assert cost(client, "/review/") == before <= 30


def test_the_navigation_counts_waiting_entries_for_staff(client, clerk, reviewer):
    make_draft(clerk)
    review.return_draft(reviewer, make_draft(clerk), "Why?")
    propose(clerk, make_project(), name="Other")

    def nav(who):
        shown = read(who.get("/areas/").content.decode()).one("nav", aria_label="Main")
        return [link.text for link in shown.all("a") if "Review" in link.text]

    assert nav(client_of(reviewer)) == ["Review 2 waiting"]
    assert nav(client_of(make_user("viewer"))) == ["Review 2 waiting"]
    assert nav(client) == nav(client_of(make_user("visitor"))) == []


def test_the_navigation_costs_staff_a_fixed_number_of_queries_and_visitors_none(
    client, clerk, reviewer
):
    staff = client_of(reviewer)
    before = cost(staff, "/accounts/login/")
    for _ in range(5):
        propose(clerk, make_project(), name="Other")
        make_draft(clerk)

    assert cost(client, "/accounts/login/") == 0
    # The session, the user and their roles, and four at most for what waits.
    assert cost(staff, "/accounts/login/") == before <= 3 + 4
