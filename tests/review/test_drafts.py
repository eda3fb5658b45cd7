"""Drafts: publishing and returning them, permissions and versions."""

import pytest
from django.core.exceptions import PermissionDenied

from projects import history, review
from projects.models import Enterprise, Project, ReturnedDraft, Source, State
from tests.factories import (
    make_area,
    make_enterprise,
    make_project,
    make_receipt,
    make_source,
    make_user,
)
from tests.helpers.submissions import (
    ADMINISTRATOR,
    CLERK,
    MAKERS,
    REVIEWER,
    changed,
    entered,
    new_of,
    project_of,
    rows,
)

pytestmark = pytest.mark.django_db

OWN = "This is your own entry"


def states(*records):
    for record in records:
        record.refresh_from_db()
    return {record.state for record in records}


@pytest.mark.parametrize("model", MAKERS)
def test_a_reviewer_publishes_what_a_clerk_entered_by_one_row_of_history(model):
    clerk, reviewer = make_user("clerk"), make_user("reviewer")
    draft = review.submit(clerk, new_of(model)).record

    assert review.publish(reviewer, [draft]) == 1

    assert states(draft) == {State.PUBLISHED}
    assert rows(draft) == [("+", clerk, CLERK), ("~", reviewer, REVIEWER)]


@pytest.mark.parametrize("role", ["visitor", "viewer", "clerk"])
def test_others_publish_nothing(role):
    draft, user = project_of(make_user("clerk")), make_user(role)

    # Users who see no drafts get the same answer as for a missing one.
    with pytest.raises((PermissionDenied, history.ConflictError)):
        review.publish(user, [draft])
    with pytest.raises(PermissionDenied):
        review.return_draft(user, draft, "Why")

    assert states(draft) == {State.DRAFT}
    assert not ReturnedDraft.objects.exists()


def test_contributors_do_not_publish_a_draft():
    one, other = make_user("reviewer"), make_user("reviewer")
    own, mended = project_of(one, "own"), project_of(make_user("clerk"), "mended")
    changed(one, mended, note="Mended a word")

    for draft in (own, mended):
        with pytest.raises(PermissionDenied, match=OWN):
            review.publish(one, [draft])
    review.publish(other, [own, mended])

    assert states(own, mended) == {State.PUBLISHED}


def test_an_office_of_one_may_let_people_publish_what_they_entered(settings):
    settings.REVIEW_OWN_ENTRIES = True
    reviewer = make_user("reviewer")
    draft = project_of(reviewer)

    review.publish(reviewer, [draft])

    assert states(draft) == {State.PUBLISHED}


def test_a_superuser_publishes_anything():
    boss = make_user("superuser")
    draft = project_of(make_user("clerk"))

    review.publish(boss, [draft])

    assert rows(draft)[1:] == [("~", boss, ADMINISTRATOR)]


def test_a_draft_that_was_edited_since_it_was_seen_is_not_published():
    clerk, reviewer = make_user("clerk"), make_user("reviewer")
    seen, edited = project_of(clerk, "seen"), project_of(clerk, "edited")
    versions = {(Project, draft.pk): draft.version for draft in (seen, edited)}
    changed(clerk, edited, note="Once more")

    with pytest.raises(history.ConflictError):
        review.publish(reviewer, [seen, edited], versions)
    with pytest.raises(history.ConflictError):
        review.publish(reviewer, [seen], {})

    # All of them or none.
    assert states(seen, edited) == {State.DRAFT}


def test_a_draft_that_has_been_published_or_deleted_is_a_conflict():
    clerk, reviewer = make_user("clerk"), make_user("reviewer")
    published, deleted, kept = (project_of(clerk, code) for code in "pdk")
    review.publish(reviewer, [published])
    review.remove(clerk, Project.objects.get(code="d"))

    for gone in (published, deleted):
        with pytest.raises(history.ConflictError):
            review.publish(reviewer, [gone, kept])

    assert states(kept) == {State.DRAFT}
    assert len(rows(published)) == 2


def test_drafts_that_refer_to_each_other_are_published_together_in_any_order():
    clerk, reviewer = make_user("clerk"), make_user("reviewer")
    press = entered(clerk, Source, code="press", title="T")
    lead = entered(clerk, Enterprise, code="lead", name="L", sources=[press])
    other = entered(clerk, Enterprise, code="other", name="O")
    project = project_of(clerk, enterprise=lead, partners=[other], sources=[press])
    receipt = new_of(type(make_receipt()))
    receipt.project, receipt.source = project, press
    receipt = review.submit(clerk, receipt).record
    drafts = [receipt, project, other, lead, press]

    assert review.publish(reviewer, drafts) == 5

    assert states(*drafts) == {State.PUBLISHED}
    assert {rows(draft)[-1] for draft in drafts} == {("~", reviewer, REVIEWER)}


@pytest.mark.parametrize("way", ["enterprise", "partners", "sources"])
def test_a_draft_that_refers_to_another_is_not_published_without_it(way):
    clerk = make_user("clerk")
    other = make_source(code="x", state="draft")
    if way != "sources":
        other = make_enterprise(code="x", state="draft")
    draft = project_of(clerk, **{way: other if way == "enterprise" else [other]})

    with pytest.raises(review.ReviewError, match="“x” is a draft: publish it first"):
        review.publish(make_user("reviewer"), [draft])

    assert states(draft, other) == {State.DRAFT}


def test_a_limited_reviewer_publishes_and_returns_what_is_of_their_areas():
    here, there = make_area(), make_area()
    reviewer = make_user("reviewer", areas=[here])
    inside, outside = (make_project(area=area, state="draft") for area in (here, there))

    # Drafts that they may not see do not exist for them.
    with pytest.raises(history.ConflictError):
        review.publish(reviewer, [outside])
    with pytest.raises(PermissionDenied):
        review.return_draft(reviewer, outside, "Why")
    review.publish(reviewer, [inside])

    assert (states(inside), states(outside)) == ({State.PUBLISHED}, {State.DRAFT})


# --- Sent back ---------------------------------------------------------------------


def waiting(user):
    """The codes of the drafts of projects that wait, and whether they were sent back."""
    return {one.code: one.is_returned for one in review.pending_drafts(user, Project)}


def test_a_draft_is_returned_with_a_reason_and_waits_again_once_it_is_edited():
    clerk, reviewer = make_user("clerk"), make_user("reviewer")
    draft = project_of(clerk)

    returned = review.return_draft(reviewer, draft, "  The amount is missing. ")
    assert (returned.reason, returned.reviewer) == ("The amount is missing.", reviewer)
    assert waiting(reviewer) == {"p": True}
    changed(clerk, draft, amount="1.00")

    assert waiting(reviewer) == {"p": False}
    assert states(draft) == {State.DRAFT}
    # Returning a draft does not change it.
    assert len(rows(draft)) == 2


def test_returning_a_draft_twice_keeps_the_last_reason():
    reviewer, draft = make_user("reviewer"), project_of(make_user("clerk"))

    for reason in ("One", "Two"):
        review.return_draft(reviewer, draft, reason)

    assert ReturnedDraft.objects.get().reason == "Two"


@pytest.mark.parametrize("reason", ["", "  ", "\n"])
def test_returning_needs_a_reason(reason):
    with pytest.raises(review.ReviewError, match="Give a reason"):
        review.return_draft(make_user("reviewer"), project_of(make_user("clerk")), reason)


def test_published_records_cannot_be_returned():
    with pytest.raises(review.ReviewError, match="published already"):
        review.return_draft(make_user("reviewer"), make_project(), "Why")


def test_staff_see_which_drafts_wait_and_visitors_none():
    here = make_area()
    make_project(code="here", area=here, state="draft")
    make_project(code="there", area=make_area(), state="draft")
    make_project(code="published")

    assert set(waiting(make_user("viewer"))) == {"here", "there"}
    assert set(waiting(make_user("reviewer", areas=[here]))) == {"here"}
    assert waiting(make_user("visitor")) == waiting(None) == {}


def test_contributors_are_all_who_wrote_to_a_draft():
    one, other, boss = make_user("clerk"), make_user("clerk"), make_user("superuser")
    draft, nobodys = project_of(one), make_project(state="draft")
    changed(other, draft, note="N")
    published = project_of(boss, "published")

    assert review.contributors_of([draft, nobodys, published]) == {
        draft.pk: {one.pk, other.pk},
        nobodys.pk: set(),
        published.pk: set(),
    }
    assert review.contributors_of([]) == {}


def test_publishing_a_draft_makes_a_concurrent_edit_a_conflict():
    clerk, reviewer = make_user("clerk"), make_user("reviewer")
    draft = project_of(clerk)
    typed = Project.objects.get()
    review.publish(reviewer, [draft])
    typed.note = "Typed while it was a draft"

    with pytest.raises(history.ConflictError):
        history.save(typed)
    done = review.submit(clerk, Project.objects.get())

    assert done.is_proposal


def test_a_file_full_of_drafts_is_published_at_once():
    firm = make_enterprise()
    keys = [
        project.pk
        for project in Project.objects.bulk_create(
            Project(code=f"c-{number}", name="Drafted", enterprise=firm, state="draft")
            for number in range(1_100)
        )
    ]

    count = review.publish(make_user("reviewer"), [Project(pk=key) for key in keys])

    assert count == Project.objects.filter(state="published").count() == 1_100
