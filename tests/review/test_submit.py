"""Submitting a write: published, a draft, or a proposal."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from projects import review
from projects.history import ConflictError, StillReferencedError, delete
from projects.models import Area, Project, Proposal, ProposalKind, Sector, State
from projects.models.permissions import SYSTEM_USER
from tests.factories import (
    make_area,
    make_enterprise,
    make_project,
    make_receipt,
    make_sector,
    make_source,
    make_user,
)
from tests.helpers.submissions import (
    ADMINISTRATOR,
    CLERK,
    MAKERS,
    OFFICE,
    REVIEWER,
    WORDS,
    changed,
    new_of,
    project_of,
    rows,
    state,
)

pytestmark = pytest.mark.django_db

WRITERS = ["clerk", "reviewer", "administrator"]


@pytest.mark.parametrize("model", MAKERS)
@pytest.mark.parametrize("role", WRITERS)
def test_what_anybody_enters_is_a_draft(model, role):
    user = make_user(role)

    done = review.submit(user, new_of(model))

    assert (done.record.state, done.proposal, done.is_proposal) == (State.DRAFT, None, False)
    assert rows(done.record) == [("+", user, role)]


@pytest.mark.parametrize("model", MAKERS)
def test_entries_of_superusers_and_commands_are_published(model):
    boss = make_user("superuser")

    for user, who, role in ((boss, boss, ADMINISTRATOR), (SYSTEM_USER, None, OFFICE)):
        record = review.submit(user, new_of(model)).record
        assert record.state == State.PUBLISHED
        assert rows(record) == [("+", who, role)]
        delete(record)


@pytest.mark.parametrize("model", MAKERS)
@pytest.mark.parametrize("role", WRITERS)
def test_a_change_of_something_published_is_a_proposal_and_leaves_it_as_it_is(model, role):
    record, user = MAKERS[model](), make_user(role)
    before = state(record)

    done = changed(user, record, **{WORDS[model]: "Changed"})

    assert done.is_proposal
    assert (done.proposal.kind, done.proposal.user) == (ProposalKind.CHANGE, user)
    assert done.proposal.changes == {WORDS[model]: "Changed"}
    assert done.proposal.version == record.version
    assert state(record) == before
    assert len(rows(record)) == 1


@pytest.mark.parametrize("model", MAKERS)
def test_a_superuser_changes_what_is_published_at_once(model):
    record, boss = MAKERS[model](), make_user("superuser")

    done = changed(boss, record, **{WORDS[model]: "Changed"})

    assert (done.is_proposal, getattr(done.record, WORDS[model])) == (False, "Changed")
    assert rows(record)[1:] == [("~", boss, ADMINISTRATOR)]


def test_a_draft_is_changed_at_once_and_stays_one():
    clerk, other = make_user("clerk"), make_user("clerk")
    draft = project_of(clerk)

    changed(other, draft, name="Renamed")

    draft.refresh_from_db()
    assert (draft.name, draft.state, draft.version) == ("Renamed", State.DRAFT, 2)
    assert rows(draft) == [("+", clerk, CLERK), ("~", other, CLERK)]


def test_what_a_superuser_changes_in_a_draft_publishes_it():
    draft, boss = project_of(make_user("clerk")), make_user("superuser")

    changed(boss, draft, name="Renamed")

    draft.refresh_from_db()
    assert (draft.name, draft.state) == ("Renamed", State.PUBLISHED)
    assert len(rows(draft)) == 2


def test_what_is_not_reviewed_is_written_at_once():
    reviewer = make_user("reviewer")

    sector = review.submit(reviewer, Sector(code="trade", name="Trade")).record
    done = changed(reviewer, sector, name="Commerce")

    sector.refresh_from_db()
    assert (sector.name, done.is_proposal) == ("Commerce", False)
    assert rows(sector) == [("+", reviewer, REVIEWER), ("~", reviewer, REVIEWER)]


def test_links_are_proposed_by_their_codes():
    lead, old, new = (make_enterprise(code=code) for code in ("lead", "old", "new"))
    press, trade = make_source(code="press"), make_sector(code="trade")
    project = make_project(enterprise=lead, partners=[old])

    done = review.submit(
        make_user("clerk"),
        Project.objects.get(),
        partners=[new],
        sources=[press],
        sectors=[(trade, None)],
    )

    assert done.proposal.changes == {
        "partners": ["new"],
        "sources": ["press"],
        "sectors": [{"sector": "trade", "share": None}],
    }
    assert done.proposal.before == {"partners": ["old"], "sources": [], "sectors": []}
    assert list(project.partners.all()) == [old]


def test_a_change_that_changes_nothing_makes_no_proposal():
    project, clerk = make_project(partners=[make_enterprise()]), make_user("clerk")

    done = changed(clerk, project, name=project.name, partners=list(project.partners.all()))

    assert (done.is_proposal, done.proposal) == (True, None)
    assert not Proposal.objects.exists()


def test_a_person_has_one_proposal_about_a_record_to_which_more_is_added():
    project, clerk = make_project(name="Old"), make_user("clerk")

    first = changed(clerk, project, name="New", note="First").proposal
    second = changed(clerk, project, note="Second", description="More").proposal

    assert first.pk == second.pk
    assert second.changes == {"name": "New", "note": "Second", "description": "More"}
    assert second.before == {"name": "Old", "note": "", "description": ""}


def test_adding_to_a_proposal_keeps_its_outdated_fields():
    project, clerk, boss = make_project(name="Old"), make_user("clerk"), make_user("superuser")
    changed(clerk, project, name="Proposed")
    changed(boss, project, name="Corrected")

    proposal = changed(clerk, project, note="N").proposal

    assert proposal.before == {"name": "Old", "note": ""}
    assert review.outdated_fields(proposal, Project.objects.get()) == ["name"]


def test_saving_without_changes_keeps_a_proposed_deletion():
    project, clerk = make_project(), make_user("clerk")
    deletion = review.remove(clerk, project).proposal

    done = changed(clerk, project, name=project.name)

    assert done.proposal is None
    assert Proposal.objects.get().kind == deletion.kind == ProposalKind.DELETION


def test_two_people_have_a_proposal_each():
    project = make_project()

    for user in (make_user("clerk"), make_user("clerk")):
        changed(user, project, note=user.username)

    assert {p.changes["note"] for p in Proposal.objects.all()} == {
        p.user.username for p in Proposal.objects.all()
    }
    assert Proposal.objects.count() == 2


def test_a_deletion_that_is_proposed_takes_the_place_of_a_change_and_the_other_way():
    project, clerk = make_project(), make_user("clerk")
    change = changed(clerk, project, note="N").proposal

    deletion = review.remove(clerk, Project.objects.get()).proposal
    assert (deletion.pk, deletion.kind, deletion.changes) == (change.pk, "deletion", {})
    again = changed(clerk, project, note="N").proposal

    assert (again.pk, again.kind, again.changes) == (change.pk, "change", {"note": "N"})
    assert Project.objects.exists()


def test_a_proposal_that_breaks_a_rule_is_refused_and_writes_nothing():
    project = make_project()

    with pytest.raises(ValidationError) as caught:
        changed(make_user("clerk"), project, name="", name_zh="", signed_on="yesterday")

    assert "signed_on" in caught.value.message_dict
    assert not Proposal.objects.exists()


def test_a_draft_is_deleted_at_once_and_what_is_published_is_proposed_for_it():
    clerk = make_user("clerk")
    draft, published = project_of(clerk), make_project()

    gone = review.remove(clerk, draft)
    asked = review.remove(clerk, published)

    assert (gone.is_proposal, asked.is_proposal) == (False, True)
    assert list(Project.objects.all()) == [published]
    history = Project.history.filter(code="p").order_by("history_id")
    assert [(row.history_type, row.history_user) for row in history] == [("+", clerk), ("-", clerk)]


def test_what_others_refer_to_is_not_proposed_for_deletion():
    enterprise = make_enterprise()
    make_project(enterprise=enterprise)

    with pytest.raises(StillReferencedError):
        review.remove(make_user("clerk"), enterprise)
    assert not Proposal.objects.exists()


def test_what_only_unseen_drafts_refer_to_may_be_proposed_for_deletion_but_is_not_deleted():
    here, there = make_area(), make_area()
    enterprise = make_enterprise(area=here)
    make_project(area=there, enterprise=enterprise, state="draft")
    clerk = make_user("clerk", areas=[here])

    proposal = review.remove(clerk, enterprise).proposal

    with pytest.raises(StillReferencedError):
        review.accept(make_user("reviewer"), proposal)


def test_many_are_written_each_as_if_alone():
    clerk = make_user("clerk")
    draft, published, same = project_of(clerk, "d"), make_project(code="p"), make_project(code="s")
    found = {one.code: one for one in Project.objects.all()}
    found["d"].note = found["p"].note = "N"
    new = Project(code="n", name="N")

    done = review.submit_many(
        clerk, [(found["p"], {}), (new, {}), (found["d"], {}), (found["s"], {})]
    )

    by_code = {one.record.code: one for one in done}
    assert {code: one.is_proposal for code, one in by_code.items()} == {
        "n": False,
        "d": False,
        "p": True,
        "s": True,
    }
    assert (by_code["p"].proposal.changes, by_code["s"].proposal) == ({"note": "N"}, None)
    assert [rows(one)[-1] for one in (new, draft)] == [("+", clerk, CLERK), ("~", clerk, CLERK)]
    assert [len(rows(one)) for one in (published, same)] == [1, 1]
    assert set(Project.objects.filter(state="draft").values_list("code", flat=True)) == {"n", "d"}


def test_proposing_about_a_deleted_record_is_a_conflict():
    project, clerk = make_project(), make_user("clerk")
    read = Project.objects.get()
    delete(project)
    read.note = "N"

    with pytest.raises(ConflictError):
        review.submit(clerk, read)


# --- Areas -----------------------------------------------------------------------


@pytest.fixture
def limited():
    """A clerk who is limited to the area `here`."""
    return make_user("clerk", areas=[make_area(code="here"), make_area(code="also")])


def area(code):
    return Area.objects.get(code=code)


def test_limited_users_write_records_of_their_areas(limited):
    for number, code in enumerate(("here", "also")):
        project_of(limited, f"p-{number}", area=area(code))
    moved = changed(limited, Project.objects.get(code="p-0"), area=area("also")).record

    assert moved.area.code == "also"


def test_limited_users_write_no_records_of_other_areas_or_none(limited):
    there = make_area()
    for given in ({"area": there}, {}):
        with pytest.raises(ValidationError) as caught:
            project_of(limited, **given)
        assert caught.value.message_dict == {
            "area": ["You may only edit records of these areas: also, here."]
        }
    assert not Project.objects.exists()


def test_nothing_is_moved_out_of_the_areas_nor_into_them(limited):
    there = make_area()
    inside, outside = make_project(area=area("here")), make_project(area=there)
    draft = make_project(area=area("here"), state="draft")

    for record in (inside, draft):
        with pytest.raises(ValidationError):
            changed(limited, record, area=there)
        with pytest.raises(ValidationError):
            changed(limited, record, area=None)
    with pytest.raises(PermissionDenied):
        changed(limited, outside, area=area("here"))
    with pytest.raises(PermissionDenied):
        review.remove(limited, outside)
    assert not Proposal.objects.exists()


def test_receipts_are_of_the_area_of_their_project(limited):
    inside, outside = make_project(area=area("here")), make_project()
    receipt = make_receipt(inside)

    with pytest.raises(ValidationError) as caught:
        changed(limited, receipt, project=outside)
    with pytest.raises(PermissionDenied):
        changed(limited, make_receipt(outside), project=inside)

    assert list(caught.value.message_dict) == ["project"]
    assert changed(limited, receipt, note="N").is_proposal


def test_sources_have_no_area_and_reference_data_is_out_of_scope(limited):
    assert changed(limited, make_source(), title="T").is_proposal
    reviewer = make_user("reviewer", areas=[area("here")])
    for record in (make_sector(), make_area()):
        with pytest.raises(PermissionDenied):
            changed(reviewer, record, name="Changed")
    changed(reviewer, area("here"), name="Changed")
    assert area("here").name == "Changed"
