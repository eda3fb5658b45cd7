from decimal import Decimal

import pytest

from projects import history, review
from projects.models import Project, Proposal
from tests.factories import make_area, make_enterprise, make_project, make_receipt, make_user
from tests.helpers.page_parser import read
from tests.helpers.review_pages import client_of, make_draft_enterprise, page, propose

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    return make_project(code="KS-1", name="Cotton yarn", amount=Decimal("1000000000.00"))


def address(proposal, step=""):
    return f"/review/proposals/{proposal.pk}/{f'{step}/' if step else ''}"


def test_visitors_sign_in_and_readers_are_refused(client, clerk, project):
    where = address(propose(clerk, project, name="Yarn"))

    assert client.get(where)["Location"] == f"/accounts/login/?next={where}"
    assert client.post(f"{where}accept/")["Location"] == "/accounts/login/?next=/review/"
    assert client_of(make_user("visitor")).get(where).status_code == 403


def test_a_proposal_of_another_area_is_not_there(clerk):
    here, there = make_area(), make_area()
    proposal = propose(clerk, make_project(area=there), name="Yarn")

    limited = client_of(make_user("reviewer", areas=[here]))

    assert limited.get(address(proposal)).status_code == 404
    assert limited.post(address(proposal, "accept"), {"version": "1"}).status_code == 404


def test_published_and_proposed_values_are_shown_by_field(clerk, reviewer, project):
    proposal = propose(
        clerk, project, name="Yarn", amount=Decimal("2000000000.00"), qualifier="at_least"
    )

    shown = page(reviewer, address(proposal))

    assert shown.one("table").rows() == [
        ["Name", "Cotton yarn", "Yarn"],
        [
            "Amount",
            "1,000,000,000.00 CNY1 billion CNY",
            "at least 2,000,000,000.00 CNYat least 2 billion CNY",
        ],
        ["Qualifier", "exactly", "at least"],
    ]
    assert f"Proposed by {clerk.username}" in shown.one("main").text


def test_fields_that_changed_since_show_their_earlier_value(clerk, reviewer, project):
    proposal = propose(clerk, project, name="Yarn", description="New")
    project.name = "Cotton"
    history.save(project)

    rows = page(reviewer, address(proposal)).one("table").rows()

    assert rows == [
        [
            "Name",
            "Cotton Changed since. When it was proposed, the value was: Cotton yarn",
            "Yarn",
        ],
        ["Description", "not stated", "New"],
    ]


def test_accepting_publishes_it_in_the_name_of_the_reviewer(clerk, reviewer, project):
    proposal = propose(clerk, project, name="Yarn")
    form = page(reviewer, address(proposal)).one("form", action=address(proposal, "accept"))
    version = form.one("input", name="version").attributes["value"]

    answer = client_of(reviewer).post(address(proposal, "accept"), {"version": version})

    assert (answer.status_code, answer["Location"]) == (302, address(proposal))
    project.refresh_from_db()
    assert project.name == "Yarn"
    assert project.history.first().history_user == reviewer
    decided = page(clerk, address(proposal))
    assert f"Accepted, by {reviewer.username}" in decided.one("main").text
    assert decided.one("main").all("form") == []


def test_accepting_with_a_stale_version_is_a_conflict(clerk, reviewer, project):
    proposal = propose(clerk, project, description="New")
    project.name = "Cotton"
    history.save(project)

    answer = client_of(reviewer).post(address(proposal, "accept"), {"version": "1"})

    assert answer.status_code == 409
    alert = read(answer.content.decode()).one("div", role="alert")
    assert "“Cotton” was changed by somebody else at" in alert.text
    project.refresh_from_db()
    assert project.description == ""


@pytest.mark.parametrize("version", [None, "", "x", "9" * 30, "-1"])
def test_accepting_needs_the_version_of_the_record(clerk, reviewer, project, version):
    proposal = propose(clerk, project, name="Yarn")
    sent = {} if version is None else {"version": version}

    answer = client_of(reviewer).post(address(proposal, "accept"), sent)

    assert answer.status_code == 409
    project.refresh_from_db()
    assert project.name == "Cotton yarn"


def test_nobody_decides_about_their_own(reviewer, project):
    proposal = propose(reviewer, project, name="Yarn")

    shown = page(reviewer, address(proposal)).one("main")
    answer = client_of(reviewer).post(address(proposal, "accept"), {"version": "1"})

    assert "This is your own entry" in shown.text
    assert {form.attributes["action"] for form in shown.all("form")} == {
        address(proposal, "withdraw")
    }
    assert answer.status_code == 403
    assert "This is your own entry" in answer.content.decode()


def test_a_clerk_decides_about_nothing(clerk, project):
    proposal = propose(make_user("clerk"), project, name="Yarn")

    for step in ("accept", "return"):
        answer = client_of(clerk).post(address(proposal, step), {"version": "1", "reason": "No"})
        assert answer.status_code == 403
        assert "Only reviewers" in answer.content.decode()


def test_a_clerk_cannot_return_a_proposal_about_a_deleted_record(clerk, project):
    proposal = propose(make_user("clerk"), project, name="Yarn")
    history.delete(project)

    answer = client_of(clerk).post(address(proposal, "return"), {"reason": "No"})

    assert answer.status_code == 403
    proposal.refresh_from_db()
    assert proposal.is_open


def test_returning_needs_a_reason_and_keeps_what_was_typed(clerk, reviewer, project):
    proposal = propose(clerk, project, name="Yarn")
    client = client_of(reviewer)

    empty = client.post(address(proposal, "return"), {"reason": "  "})
    given = client.post(address(proposal, "return"), {"reason": "Says <who>?"})
    again = client.post(address(proposal, "return"), {"reason": "Once more"})

    assert (empty.status_code, given.status_code, again.status_code) == (409, 302, 409)
    assert "Give a reason" in empty.content.decode()
    assert "was decided on by" in again.content.decode()
    seen = page(clerk, address(proposal)).one("main")
    assert seen.one("blockquote").text == "Says <who>?"
    assert [form.attributes["action"] for form in seen.all("form")] == [
        address(proposal, "hand-in-again")
    ]


def test_what_was_typed_stays_where_it_cannot_be_returned(clerk, reviewer, project):
    proposal = propose(clerk, project, name="Yarn")
    proposal_step = address(proposal, "return")
    review.withdraw(clerk, proposal)

    answer = client_of(reviewer).post(proposal_step, {"reason": "Says <who>?"})

    assert answer.status_code == 409
    alert = read(answer.content.decode()).one("div", role="alert")
    assert "You wrote: Says <who>?" in alert.text


def test_the_author_withdraws_and_resubmits(clerk, project):
    proposal = propose(clerk, project, name="Yarn")
    client = client_of(clerk)

    states = []
    for step in ("withdraw", "hand-in-again"):
        assert client.post(address(proposal, step)).status_code == 302
        proposal.refresh_from_db()
        states.append(proposal.state)

    assert states == ["withdrawn", "open"]
    assert client_of(make_user("reviewer")).post(address(proposal, "withdraw")).status_code == 403


def test_broken_rules_are_reported_by_field(clerk, reviewer, project):
    firm = make_draft_enterprise(clerk)
    proposal = propose(clerk, project, enterprise=firm)

    shown = page(reviewer, address(proposal))
    answer = client_of(reviewer).post(address(proposal, "accept"), {"version": "1"})

    assert shown.one("a", class_="badge").attributes["href"] == (
        f"/review/drafts/enterprises/{firm.pk}/"
    )
    assert answer.status_code == 400
    alert = read(answer.content.decode()).one("div", role="alert")
    assert alert.text == f"Lead enterprise: “{firm.code}” is a draft: publish it first."


def test_a_deletion_shows_the_record_and_is_done_once_accepted(clerk, reviewer, project):
    proposal = review.remove(clerk, project).proposal

    shown = page(reviewer, address(proposal)).one("main")
    client_of(reviewer).post(address(proposal, "accept"), {"version": "1"})

    assert "Cotton yarn" in shown.one("dl").text
    assert "Nothing refers to it." in shown.text
    assert not Project.objects.exists()
    assert "Accepted" in page(clerk, address(proposal)).one("main").text


def test_a_deletion_names_what_refers_to_the_record(clerk, reviewer):
    firm = make_enterprise()
    proposal = review.remove(clerk, firm).proposal
    hers = make_project(enterprise=firm, name="Cold chain")

    shown = page(reviewer, address(proposal)).one("main")
    answer = client_of(reviewer).post(address(proposal, "accept"), {"version": "1"})

    assert shown.link("Cold chain") == f"/projects/{hers.code}/"
    assert address(proposal, "accept") not in [f.attributes["action"] for f in shown.all("form")]
    assert answer.status_code == 409
    assert f"1 × project ({hers.code})" in answer.content.decode()


def test_a_proposal_about_funds_received_leads_to_the_project(clerk, reviewer, project):
    receipt = make_receipt(project)
    proposal = propose(clerk, receipt, amount=Decimal("-5.00"))

    shown = page(reviewer, address(proposal))

    assert shown.one("table").rows()[0][2] == "-5.00 CNY-5.00 CNY"
    assert shown.one("main").link(proposal.key) == f"/projects/{project.code}/#received"


def test_its_page_costs_the_same_however_much_is_proposed(
    clerk, reviewer, project, django_assert_max_num_queries
):
    partners = [make_enterprise() for _ in range(12)]
    sources = []
    proposal = propose(
        clerk, project, partners=partners, sources=sources, area=make_area(), name="Yarn"
    )
    client = client_of(reviewer)

    with django_assert_max_num_queries(25):
        client.get(address(proposal))

    assert Proposal.objects.count() == 1
