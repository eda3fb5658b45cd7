"""Review by the API: writes of clerks, decisions of reviewers."""

from decimal import Decimal

import pytest
from rest_framework.test import APIClient

from projects.models import ApiToken, IdempotentResponse, Project, Proposal
from tests.factories import make_area, make_project, make_user
from tests.helpers.submissions import CLERK, REVIEWER, project_of, rows

pytestmark = pytest.mark.django_db

BULK = "/api/v1/projects/bulk/"
ONE = "/api/v1/projects/p/"


class Program(APIClient):
    """Sends JSON with an API key of the user, and `If-Match: *`."""

    def __init__(self, user):
        super().__init__()
        _token, key = ApiToken.objects.issue(user, "program")
        self.credentials(HTTP_AUTHORIZATION=f"Token {key}", HTTP_IF_MATCH="*")
        self.user = user

    def send(self, method, address, data=None, **headers):
        return getattr(self, method)(address, data, format="json", headers=headers)


@pytest.fixture
def clerk():
    return Program(make_user("clerk"))


@pytest.fixture
def reviewer():
    return Program(make_user("reviewer"))


@pytest.fixture
def visitor():
    return APIClient()


def test_a_project_from_a_draft_to_the_public(clerk, reviewer, visitor):
    made = clerk.send("post", "/api/v1/projects/", {"code": "p", "name": "P"})
    assert (made.status_code, made.json()["state"]) == (201, "draft")
    assert visitor.get(ONE).status_code == 404

    published = reviewer.send("post", f"{ONE}publish/", {"version": made.json()["version"]})

    assert (published.status_code, published.json()["state"]) == (200, "published")
    assert published["ETag"] == visitor.get(ONE)["ETag"]
    assert visitor.get(ONE).json() == published.json()
    project = Project.objects.get()
    assert rows(project) == [("+", clerk.user, CLERK), ("~", reviewer.user, REVIEWER)]


def test_a_change_of_what_is_published_is_answered_with_the_proposal(clerk, reviewer, visitor):
    make_project(code="p", name="Old")
    before = visitor.get(ONE)

    patched = clerk.send("patch", ONE, {"name": "New"})

    assert (patched.status_code, patched.json()["changes"]) == (202, {"name": "New"})
    assert visitor.get(ONE).content == before.content
    assert clerk.get(patched["Location"]).json() == patched.json()
    accepted = reviewer.send("post", f"{patched['Location']}accept/", {"version": 1})
    assert (accepted.status_code, accepted.json()["state"]) == (200, "accepted")
    assert visitor.get(ONE).json()["name"] == "New"


def test_a_deletion_of_what_is_published_waits(clerk, reviewer, visitor):
    make_project(code="p")

    asked = clerk.send("delete", ONE)

    assert (asked.status_code, asked.json()["kind"]) == (202, "deletion")
    assert visitor.get(ONE).status_code == 200
    reviewer.send("post", f"{asked['Location']}accept/")
    assert visitor.get(ONE).status_code == 404


def test_a_proposal_is_returned_submitted_again_and_withdrawn(clerk, reviewer):
    make_project(code="p")
    address = clerk.send("patch", ONE, {"note": "N"})["Location"]

    unsaid = reviewer.send("post", f"{address}return/", {})
    returned = reviewer.send("post", f"{address}return/", {"reason": "Why?"})
    again = clerk.send("post", f"{address}hand-in-again/")
    withdrawn = clerk.send("post", f"{address}withdraw/")

    assert (unsaid.status_code, list(unsaid.json())) == (400, ["reason"])
    assert (returned.json()["state"], returned.json()["reason"]) == ("returned", "Why?")
    assert (again.json()["state"], again.json()["reason"]) == ("open", "")
    assert withdrawn.json()["state"] == "withdrawn"
    assert reviewer.send("post", f"{address}accept/").status_code == 409


def test_a_draft_is_returned_with_a_reason(clerk, reviewer):
    clerk.send("post", "/api/v1/projects/", {"code": "p", "name": "P"})

    assert reviewer.send("post", f"{ONE}return/", {"reason": "Why?"}).status_code == 204
    assert clerk.send("post", f"{ONE}return/", {"reason": "Why?"}).status_code == 403


def test_a_version_that_was_not_seen_is_a_conflict(clerk, reviewer):
    clerk.send("post", "/api/v1/projects/", {"code": "p", "name": "P"})
    clerk.send("patch", ONE, {"name": "Q"})

    assert reviewer.send("post", f"{ONE}publish/", {"version": 1}).status_code == 409
    assert reviewer.send("post", f"{ONE}publish/", {"version": 2}).status_code == 200


def test_an_outdated_proposal_is_a_conflict_without_the_version_of_the_record(clerk, reviewer):
    make_project(code="p", name="Old")
    address = clerk.send("patch", ONE, {"name": "Proposed"})["Location"]
    Program(make_user("superuser")).send("patch", ONE, {"name": "Corrected"})

    refused = reviewer.send("post", f"{address}accept/")

    assert refused.status_code == 409
    assert "name" in refused.json()["detail"]
    assert reviewer.send("post", f"{address}accept/", {"version": 2}).status_code == 200


@pytest.mark.parametrize("role", ["viewer", "clerk"])
def test_only_reviewers_publish(role, clerk):
    program = Program(make_user(role))
    make_project(code="p", state="draft")

    assert program.send("post", f"{ONE}publish/").status_code == 403
    assert Project.objects.get().state == "draft"


def test_no_user_publishes_their_own(reviewer):
    reviewer.send("post", "/api/v1/projects/", {"code": "p", "name": "P"})

    answer = reviewer.send("post", f"{ONE}publish/")

    assert (answer.status_code, "your own entry" in answer.json()["detail"]) == (403, True)


def test_publishing_what_is_published_changes_nothing(reviewer):
    project = make_project(code="p")

    answer = reviewer.send("post", f"{ONE}publish/")

    assert (answer.status_code, len(rows(project))) == (200, 1)


def test_a_key_for_reading_decides_nothing(clerk):
    make_project(code="p")
    address = clerk.send("patch", ONE, {"note": "N"})["Location"]
    program = Program(make_user("reviewer"))
    ApiToken.objects.filter(user=program.user).update(read_only=True)

    for path in (f"{address}accept/", f"{address}return/", f"{ONE}publish/", f"{ONE}return/"):
        assert program.send("post", path, {"reason": "Why"}).status_code == 403
    assert program.get(address).status_code == 200


def test_users_who_may_only_add_get_their_record_in_the_answer():
    program = Program(make_user("clerk", without=["view_project", "change_project"]))

    answer = program.send("post", "/api/v1/projects/", {"code": "p", "name": "P"})

    assert (answer.status_code, answer.json()["state"]) == (201, "draft")
    assert program.get(ONE).status_code == 404


def test_a_repeated_decision_is_made_once(clerk, reviewer):
    make_project(code="p")
    address = clerk.send("patch", ONE, {"note": "N"})["Location"]
    key = {"Idempotency-Key": "k"}

    first = reviewer.send("post", f"{address}accept/", {}, **key)
    second = reviewer.send("post", f"{address}accept/", {}, **key)

    assert (first.status_code, second.status_code) == (200, 200)
    assert first.content == second.content
    assert IdempotentResponse.objects.count() == 1


# --- Many at once -------------------------------------------------------------------


def test_many_at_once_are_drafts_and_proposals(clerk):
    make_project(code="published", name="Old"), make_project(code="same", name="S")
    project_of(make_user("clerk"), "draft", name="Old")

    answer = clerk.send(
        "post",
        BULK,
        [
            {"code": "new", "name": "New", "amount": "1.00"},
            {"code": "published", "name": "New"},
            {"code": "draft", "name": "New"},
            {"code": "same", "name": "S"},
        ],
    )

    assert answer.json() == {
        "created": 1,
        "updated": 1,
        "proposed": 1,
        "unchanged": 1,
        "codes": ["new", "published", "draft", "same"],
        "dry_run": False,
    }
    names = dict(Project.objects.values_list("code", "name"))
    assert names == {"new": "New", "published": "Old", "draft": "New", "same": "S"}
    assert Project.objects.get(code="new").amount == Decimal("1.00")
    assert Proposal.objects.get().changes == {"name": "New"}
    for code in ("new", "draft"):
        assert rows(Project.objects.get(code=code))[-1][1:] == (clerk.user, CLERK)


def test_a_trial_of_many_proposes_nothing(clerk):
    make_project(code="p", name="Old")

    answer = clerk.send("post", f"{BULK}?dry_run=true", [{"code": "p", "name": "New"}])

    assert (answer.status_code, answer.json()["proposed"]) == (200, 1)
    assert not Proposal.objects.exists()


def test_many_at_once_are_refused_by_index_where_they_are_of_another_area():
    here, there = make_area(code="here"), make_area(code="there")
    make_project(code="out", area=there), make_project(code="in", area=here)
    program = Program(make_user("clerk", areas=[here]))
    records = [
        {"code": "in", "note": "N"},
        {"code": "out", "note": "N"},
        {"code": "a", "name": "A", "area": "there"},
        {"code": "b", "name": "B"},
        {"code": "in", "area": "there"},
    ]

    answer = program.send("post", BULK, records)

    assert (answer.status_code, set(answer.json())) == (400, {"1", "2", "3", "4"})
    assert not Proposal.objects.exists()
    assert program.send("post", BULK, records[:1]).json()["proposed"] == 1


def test_single_writes_of_a_limited_clerk_get_the_same_errors():
    here, there = make_area(code="here"), make_area(code="there")
    make_project(code="p", area=there)
    program = Program(make_user("clerk", areas=[here]))

    patched = program.send("patch", ONE, {"note": "N"})
    deleted = program.send("delete", ONE)
    made = program.send("post", "/api/v1/projects/", {"code": "q", "name": "Q"})

    assert (patched.status_code, deleted.status_code) == (403, 403)
    assert (made.status_code, list(made.json())) == (400, ["area"])
    assert "here" in patched.json()["detail"]
