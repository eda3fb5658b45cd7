"""Proposals: accepting, returning, withdrawing, resubmitting, and conflicts."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from rest_framework.exceptions import ValidationError as FieldErrors

from projects import history, review
from projects.models import Project, Proposal, ProposalState
from tests.factories import (
    make_area,
    make_enterprise,
    make_project,
    make_receipt,
    make_sector,
    make_source,
    make_user,
)
from tests.helpers.submissions import CLERK, MAKERS, REVIEWER, WORDS, changed, rows, state

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk():
    return make_user("clerk")


@pytest.fixture
def reviewer():
    return make_user("reviewer")


@pytest.fixture
def project():
    return make_project(code="p", name="Old")


def again(proposal):
    return Proposal.objects.get(pk=proposal.pk)


@pytest.mark.parametrize("model", MAKERS)
def test_what_is_accepted_is_done_by_one_row_of_history_of_the_reviewer(model, clerk, reviewer):
    record = MAKERS[model]()
    proposal = changed(clerk, record, **{WORDS[model]: "Changed"}).proposal

    review.accept(reviewer, proposal)

    record.refresh_from_db()
    assert (getattr(record, WORDS[model]), record.state) == ("Changed", "published")
    assert rows(record)[1:] == [("~", reviewer, REVIEWER)]
    assert record.history.latest().history_change_reason == f"proposal {proposal.pk}"
    decided = again(proposal)
    assert (decided.state, decided.reviewer, decided.user) == ("accepted", reviewer, clerk)
    assert decided.decided_at is not None


@pytest.mark.parametrize("model", MAKERS)
def test_a_deletion_that_is_accepted_is_done(model, clerk, reviewer):
    record = MAKERS[model]()
    proposal = review.remove(clerk, record).proposal

    assert review.accept(reviewer, proposal) is None

    assert state(record) is None
    last = type(record).history.filter(id=record.pk).latest()
    assert (last.history_type, last.history_user) == ("-", reviewer)


def test_links_are_set_as_they_were_proposed(clerk, reviewer, project):
    partner, press, trade = make_enterprise(), make_source(), make_sector()
    proposal = review.submit(
        clerk,
        Project.objects.get(),
        partners=[partner],
        sources=[press],
        sectors=[(trade, None)],
    ).proposal

    review.accept(reviewer, proposal)

    assert list(project.partners.all()) == [partner]
    assert list(project.sources.all()) == [press]
    assert [share.sector for share in project.shares.all()] == [trade]
    assert len(rows(project)) == 2


@pytest.mark.parametrize("role", ["visitor", "viewer", "clerk"])
def test_only_a_reviewer_decides(role, clerk, project):
    proposal = changed(clerk, project, note="N").proposal
    user = make_user(role)

    with pytest.raises(PermissionDenied):
        review.accept(user, proposal)
    with pytest.raises(PermissionDenied):
        review.return_proposal(user, proposal, "Why")

    assert (again(proposal).state, len(rows(project))) == (ProposalState.OPEN, 1)


@pytest.mark.parametrize("role", ["viewer", "clerk"])
def test_only_reviewers_decide_about_deleted_records(role, clerk, reviewer, project):
    proposal = changed(clerk, project, note="N").proposal
    history.delete(project)

    for user in (make_user(role), clerk):
        with pytest.raises(PermissionDenied):
            review.return_proposal(user, proposal, "It is gone")
    with pytest.raises(history.ConflictError):
        review.accept(reviewer, proposal)
    review.return_proposal(reviewer, proposal, "It is gone")

    assert again(proposal).state == ProposalState.RETURNED


def test_no_user_accepts_or_returns_their_own(project, settings):
    reviewer = make_user("reviewer")
    proposal = changed(reviewer, project, note="N").proposal

    with pytest.raises(PermissionDenied, match="own entry"):
        review.accept(reviewer, proposal)
    with pytest.raises(PermissionDenied, match="own entry"):
        review.return_proposal(reviewer, proposal, "Why")
    settings.REVIEW_OWN_ENTRIES = True
    review.accept(reviewer, proposal)

    project.refresh_from_db()
    assert project.note == "N"


def test_a_limited_reviewer_decides_about_their_areas(clerk):
    here, there = make_area(), make_area()
    reviewer = make_user("reviewer", areas=[here])
    inside, outside = make_project(area=here), make_project(area=there)
    kept, foreign = (changed(clerk, one, note="N").proposal for one in (inside, outside))
    moving = changed(make_user("clerk"), inside, area=there).proposal

    for step in (review.accept, lambda *one: review.return_proposal(*one, "Why")):
        with pytest.raises(PermissionDenied):
            step(reviewer, foreign)
    # Nor is anything carried out of them.
    with pytest.raises(ValidationError, match="these areas"):
        review.accept(reviewer, moving)
    review.accept(reviewer, kept)

    inside.refresh_from_db()
    assert (inside.note, inside.area) == ("N", here)


# --- What they meet ------------------------------------------------------------------


def test_accepting_keeps_other_fields_that_have_changed_since(clerk, reviewer, project):
    proposal = changed(clerk, project, note="Proposed").proposal
    changed(make_user("superuser"), project, name="New")

    review.accept(reviewer, proposal)

    project.refresh_from_db()
    assert (project.name, project.note, project.version) == ("New", "Proposed", 3)


def test_an_outdated_proposal_needs_the_version_that_the_reviewer_saw(clerk, reviewer, project):
    proposal = changed(clerk, project, name="Proposed", note="N").proposal
    changed(make_user("superuser"), project, name="Corrected")
    project.refresh_from_db()
    assert review.outdated_fields(proposal, project) == ["name"]

    with pytest.raises(review.ReviewError, match="changed since this was proposed: name"):
        review.accept(reviewer, proposal)
    with pytest.raises(history.ConflictError):
        review.accept(reviewer, proposal, version=1)
    project.refresh_from_db()
    assert (project.name, project.note) == ("Corrected", "")
    review.accept(reviewer, proposal, version=2)

    project.refresh_from_db()
    assert (project.name, project.note) == ("Proposed", "N")


def test_links_in_another_order_do_not_outdate_a_proposal(clerk, project):
    partners = [make_enterprise(code=code) for code in "ab"]
    history.save(project, partners=partners)
    proposal = changed(clerk, project, partners=[partners[0]]).proposal

    assert review.outdated_fields(proposal, Project.objects.get(pk=project.pk)) == []
    history.save(project, partners=[partners[1]])
    assert review.outdated_fields(proposal, Project.objects.get(pk=project.pk)) == ["partners"]


def test_accepting_one_of_two_proposals_outdates_the_other(clerk, reviewer, project):
    first = changed(clerk, project, name="First").proposal
    second = changed(make_user("clerk"), project, name="Second").proposal

    review.accept(reviewer, first)

    with pytest.raises(review.ReviewError, match="name"):
        review.accept(reviewer, second)
    project.refresh_from_db()
    assert project.name == "First"


def test_a_proposal_that_breaks_a_rule_is_refused_and_stays_open(clerk, reviewer, project):
    enterprise = make_enterprise(code="e")
    proposal = changed(clerk, project, enterprise=enterprise).proposal
    history.delete(enterprise)

    with pytest.raises(FieldErrors) as caught:
        review.accept(reviewer, proposal)

    assert "enterprise" in caught.value.detail
    assert (again(proposal).state, len(rows(project))) == (ProposalState.OPEN, 1)


def test_a_deletion_is_refused_if_records_have_come_to_refer_to_it(clerk, reviewer, project):
    proposal = review.remove(clerk, project).proposal
    make_receipt(Project.objects.get())

    with pytest.raises(history.StillReferencedError):
        review.accept(reviewer, proposal)

    assert again(proposal).state == ProposalState.OPEN


def test_a_proposal_is_decided_once(clerk, reviewer, project):
    proposal = changed(clerk, project, note="N").proposal
    review.accept(reviewer, proposal)

    for step in (
        lambda: review.accept(reviewer, proposal),
        lambda: review.return_proposal(reviewer, proposal, "Why"),
        lambda: review.withdraw(clerk, proposal),
        lambda: review.resubmit(clerk, proposal),
    ):
        with pytest.raises(history.ConflictError):
            step()
    assert len(rows(project)) == 2


# --- Returned, withdrawn, handed in again ----------------------------------------------


def test_what_is_returned_has_a_reason_and_changes_nothing(clerk, reviewer, project):
    proposal = changed(clerk, project, note="N").proposal
    with pytest.raises(review.ReviewError, match="Give a reason"):
        review.return_proposal(reviewer, proposal, " ")

    review.return_proposal(reviewer, proposal, " Which source? ")

    returned = again(proposal)
    assert (returned.state, returned.reason) == (ProposalState.RETURNED, "Which source?")
    assert (returned.reviewer, len(rows(project))) == (reviewer, 1)


def test_a_resubmitted_proposal_is_compared_with_the_current_record(clerk, reviewer, project):
    proposal = changed(clerk, project, name="Proposed").proposal
    review.return_proposal(reviewer, proposal, "Why")
    changed(make_user("superuser"), project, name="Corrected")

    review.resubmit(clerk, proposal)

    standing = again(proposal)
    assert (standing.state, standing.before, standing.version) == (
        ProposalState.OPEN,
        {"name": "Corrected"},
        2,
    )
    assert (standing.reviewer, standing.reason, standing.decided_at) == (None, "", None)
    review.accept(reviewer, proposal)
    project.refresh_from_db()
    assert project.name == "Proposed"


def test_a_change_after_a_return_is_a_proposal_of_its_own(clerk, reviewer, project):
    first = changed(clerk, project, note="One").proposal
    review.return_proposal(reviewer, first, "Why")

    second = changed(clerk, project, note="Two").proposal

    assert second.pk != first.pk
    with pytest.raises(review.ReviewError, match="another open proposal"):
        review.resubmit(clerk, first)


def test_authors_withdraw_and_resubmit_their_own_proposals(clerk, reviewer, project):
    proposal = changed(clerk, project, note="N").proposal
    for other in (make_user("clerk"), reviewer):
        with pytest.raises(PermissionDenied, match="somebody else's"):
            review.withdraw(other, proposal)

    review.withdraw(clerk, proposal)
    assert again(proposal).state == ProposalState.WITHDRAWN
    with pytest.raises(history.ConflictError):
        review.accept(reviewer, proposal)
    with pytest.raises(PermissionDenied, match="somebody else's"):
        review.resubmit(reviewer, proposal)
    review.resubmit(clerk, proposal)

    assert again(proposal).state == ProposalState.OPEN


def test_users_who_may_no_longer_propose_cannot_resubmit(project):
    clerk = make_user("clerk")
    change = changed(clerk, project, note="N").proposal
    review.withdraw(clerk, change)
    clerk.groups.clear()
    clerk = type(clerk).objects.get(pk=clerk.pk)
    limited = make_user("clerk")
    deletion = review.remove(limited, Project.objects.get()).proposal
    review.withdraw(limited, deletion)
    limited.area_limits.create(area=make_area())
    limited = type(limited).objects.get(pk=limited.pk)

    for user, proposal in ((clerk, change), (limited, deletion)):
        with pytest.raises(PermissionDenied):
            review.resubmit(user, proposal)
    assert not Proposal.objects.open().exists()


def test_a_proposal_about_a_deleted_record_cannot_be_resubmitted(clerk, reviewer, project):
    proposal = changed(clerk, project, note="N").proposal
    review.withdraw(clerk, proposal)
    history.delete(Project.objects.get())

    with pytest.raises(history.ConflictError):
        review.resubmit(clerk, proposal)


# --- Who sees them ----------------------------------------------------------------------


def test_a_person_sees_their_own_and_those_about_what_they_may_see_drafts_of(clerk):
    here, there = make_area(), make_area()
    about = {
        area: changed(clerk, make_project(area=area), note="N").proposal for area in (here, there)
    }
    mine = make_user("clerk", areas=[here])

    def seen(user):
        return set(Proposal.objects.visible_to(user))

    assert seen(clerk) == seen(make_user("reviewer")) == seen(make_user("superuser"))
    assert seen(clerk) == set(about.values())
    assert seen(mine) == seen(make_user("viewer", areas=[here])) == {about[here]}
    assert seen(make_user("visitor")) == seen(None) == set()


def test_what_a_clerk_wrote_is_history_only_once_it_is_accepted(clerk, reviewer, project):
    proposal = changed(clerk, project, note="N").proposal
    assert rows(project) == [("+", None, "office")]

    review.accept(reviewer, proposal)

    assert (CLERK in {row[2] for row in rows(project)}, len(rows(project))) == (False, 2)
