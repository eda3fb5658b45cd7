"""Imports by users whose changes are reviewed: drafts, proposals, undoing."""

from decimal import Decimal

import pytest

from projects import review
from projects.imports import batches, import_table, preview, undo
from projects.imports.lookup import decision_key
from projects.imports.mapping import mapping_of
from projects.models import (
    Enterprise,
    Project,
    Proposal,
    ProposalState,
    Receipt,
    State,
)
from projects.models.permissions import Role
from projects.spreadsheets.reading import read
from tests.factories import (
    make_area,
    make_enterprise,
    make_project,
    make_receipt,
    make_sector,
    make_user,
)
from tests.helpers.submissions import CLERK, changed, project_of, rows

pytestmark = pytest.mark.django_db


def previewed(text, user, noun="projects", **decisions):
    batch = batches.receive(text.encode(), "list.csv", noun, user=user)
    batches.map_columns(batch, mapping_of(batch.mapping), decisions or None)
    batches.work_on(batch)
    assert batch.state == "previewed", batch.message
    return batch


def written(text, user, noun="projects", **decisions):
    batch = previewed(text, user, noun, **decisions)
    shown = batch.preview_digest
    batches.approve(batch, partial=bool(batch.counts["refused"]))
    batches.work_on(batch)
    assert (batch.state, batch.message) == ("written", "")
    assert batch.preview_digest == shown
    return batch


def counts(batch):
    return {status: count for status, count in batch.counts.items() if count}


@pytest.fixture
def clerk():
    return make_user("clerk")


LIST = "code,name,amount\nnew,New,1.00\ndraft,Draft,2.00\npublished,Renamed,3.00\nsame,Same,5.00\n"


@pytest.fixture
def register():
    project_of(make_user("clerk"), "draft", name="Before", amount=Decimal("7.00"))
    make_project(code="published", name="Published", amount=Decimal("10.00"))
    make_project(code="same", name="Same", amount=Decimal("5.00"))


def test_new_rows_become_drafts_and_changes_of_what_is_published_proposals(clerk, register):
    batch = written(LIST, clerk)

    assert counts(batch) == {"new": 1, "changed": 1, "proposed": 1, "unchanged": 1}
    states = dict(Project.objects.values_list("code", "state"))
    assert states == {
        "new": State.DRAFT,
        "draft": State.DRAFT,
        "published": State.PUBLISHED,
        "same": State.PUBLISHED,
    }
    assert Project.objects.get(code="draft").name == "Draft"
    proposal = Proposal.objects.get()
    assert (proposal.user, proposal.batch) == (clerk, batch)
    assert proposal.changes == {"name": "Renamed", "amount": "3.00"}
    assert Project.objects.get(code="published").name == "Published"
    found = {project.code: rows(project)[-1] for project in Project.objects.all()}
    assert found["new"] == ("+", clerk, CLERK)
    assert found["draft"] == ("~", clerk, CLERK)
    assert (found["published"][2], found["same"][2]) == (Role.OFFICE, Role.OFFICE)


def test_the_preview_sums_as_if_everything_were_accepted(clerk, register):
    batch = previewed(LIST, clerk)

    assert batch.sums == {
        "before": {"": "22.00", "total": "22.00"},
        "after": {"": "11.00", "total": "11.00"},
    }
    assert not Proposal.objects.exists()
    assert Project.objects.get(code="published").amount == Decimal("10.00")
    assert not Project.objects.filter(code="new").exists()


def test_a_reviewer_publishes_and_accepts_an_import(clerk, register):
    written(LIST, clerk)
    reviewer = make_user("reviewer")

    review.publish(reviewer, Project.objects.filter(state=State.DRAFT))
    review.accept(reviewer, Proposal.objects.get())

    assert set(Project.objects.values_list("state", flat=True)) == {State.PUBLISHED}
    assert preview.sums(None)["total"] == "11.00"


def test_undoing_an_import_deletes_drafts_and_withdraws_proposals(clerk, register):
    batch = written(LIST, clerk)

    undone = undo.undo(batch, clerk)

    assert (undone.count, undone.kept) == (3, [])
    assert Proposal.objects.get().state == ProposalState.WITHDRAWN
    assert not Project.objects.filter(code="new").exists()
    draft = Project.objects.get(code="draft")
    assert (draft.name, draft.amount, draft.state) == ("Before", Decimal("7.00"), State.DRAFT)
    assert rows(draft)[-1] == ("~", clerk, CLERK)


def test_what_was_published_or_accepted_since_stays_and_is_named(clerk, register):
    batch = written(LIST, clerk)
    reviewer = make_user("reviewer")
    review.publish(reviewer, Project.objects.filter(state=State.DRAFT))
    review.accept(reviewer, Proposal.objects.get())

    undone = undo.undo(batch, clerk)

    assert undone.count == 0
    assert {key.partition(":")[0]: reason for _row, key, reason in undone.kept} == {
        "draft": "It has been edited since the import.",
        "published": "The proposal has been accepted.",
        "new": "It has been edited since the import.",
    }
    assert Project.objects.count() == 4
    assert Proposal.objects.get().state == ProposalState.ACCEPTED


def test_the_same_file_again_proposes_nothing_twice(clerk, register):
    written(LIST, clerk)
    again = written(LIST, clerk)

    assert counts(again) == {"proposed": 1, "unchanged": 3}
    assert Proposal.objects.get().changes == {"name": "Renamed", "amount": "3.00"}


def test_a_publication_between_preview_and_writing_makes_a_new_preview(clerk):
    project = project_of(make_user("clerk"), "p", name="Before")
    batch = previewed("code,name\np,After\n", clerk)
    assert counts(batch) == {"changed": 1}
    review.publish(make_user("reviewer"), [project])

    batches.approve(batch)
    batches.work_on(batch)

    assert (batch.state, counts(batch)) == ("previewed", {"proposed": 1})
    assert Project.objects.get().name == "Before"
    assert not Proposal.objects.exists()


def test_receipts_are_drafts_and_not_in_public_totals(clerk):
    project = make_project(code="p")
    old = make_receipt(project, Decimal("5.00"))
    text = f"id,project,received_on,amount\n{old.pk},p,2023-12-01,6.00\n,p,2023-12-02,7.00\n"

    batch = written(text, clerk, "receipts")

    assert counts(batch) == {"new": 1, "proposed": 1}
    assert Receipt.objects.visible_to(None).get() == old
    found = Project.objects.with_received(None).get(), Project.objects.with_received(clerk).get()
    assert [one.received for one in found] == [Decimal("5.00"), Decimal("12.00")]


def test_created_enterprises_are_drafts_and_a_published_project_waits_for_them(clerk):
    make_project(code="p", name="", name_zh="项目")

    batch = written("编号,项目名称,投资方\np,项目,喀什兴达\nn,新,喀什兴达\n", clerk)

    enterprise = Enterprise.objects.get()
    assert counts(batch) == {"made": 1, "new": 1, "proposed": 1}
    assert (enterprise.state, rows(enterprise)) == (State.DRAFT, [("+", clerk, CLERK)])
    assert Proposal.objects.get().changes == {"enterprise": enterprise.code}
    undo.undo(batch, clerk)
    assert not Enterprise.objects.exists()


def test_a_name_that_is_learned_is_proposed_and_withdrawn_with_its_file(clerk):
    enterprise = make_enterprise(code="xingda", name="", name_zh="新疆兴达纺织有限责任公司")
    name = "新疆兴达纺织有限公司"
    decided = {decision_key(Enterprise, name): "xingda"}

    batch = written(f"编号,项目名称,投资方\nn,新,{name}\n", clerk, **decided)

    proposal = Proposal.objects.get()
    assert (proposal.model_name, proposal.changes) == ("enterprises", {"aliases": [name]})
    assert proposal.batch == batch
    enterprise.refresh_from_db()
    assert enterprise.aliases == ""
    undo.undo(batch, clerk)
    assert Proposal.objects.get().state == ProposalState.WITHDRAWN


# --- Areas -------------------------------------------------------------------------


@pytest.fixture
def here():
    return make_area(code="here", name="Here")


def test_rows_of_other_areas_are_refused_by_row_and_the_others_written(here):
    there = make_area(code="there")
    make_project(code="a", area=here), make_project(code="b", area=there)
    clerk = make_user("clerk", areas=[here])
    text = (
        "code,name,area\na,Renamed,here\nb,Renamed,there\nc,New,here\nd,New,there\ne,New,\n"
        "a2,Moved,here\n"
    )

    batch = written(text, clerk)

    refused = batch.rows.filter(status="refused").order_by("number")
    sentence = "You may only edit records of these areas: here."
    assert [(row.number, row.errors[0][2]) for row in refused] == [
        (3, sentence),
        (5, sentence),
        (6, sentence),
    ]
    assert counts(batch) == {"new": 2, "proposed": 1, "refused": 3}
    assert set(Project.objects.values_list("code", flat=True)) == {"a", "b", "c", "a2"}


def test_nothing_is_moved_out_of_an_area_by_a_file(here):
    make_area(code="there")
    make_project(code="a", area=here)
    make_project(code="d", area=here, state="draft")

    batch = previewed("code,area\na,there\nd,there\n", make_user("clerk", areas=[here]))

    assert counts(batch) == {"refused": 2}


def test_a_draft_of_another_area_is_hidden_but_its_code_is_taken(here):
    make_project(code="hidden", name="Secret", area=make_area(), state="draft")
    clerk = make_user("clerk", areas=[here])

    batch = previewed("code,name,area\nhidden,Mine,here\n", clerk)

    (row,) = batch.rows.all()
    assert (row.status, row.changes) == ("refused", [])
    assert "Another record has this code" in row.errors[0][2]
    assert "Secret" not in str(row.errors)


def test_names_of_drafts_of_other_areas_are_not_found_and_their_codes_not_made_again(here):
    make_enterprise(code="xingda", name="Xingda", area=make_area(), state="draft")
    clerk = make_user("clerk", areas=[here])
    mapping = mapping_of(
        {
            "columns": {
                "code": "code",
                "name": "name",
                "who": {"field": "enterprise", "find": True, "make": {"area": "here"}},
            },
            "constants": {"area": "here"},
        },
    )
    table = read(b"code,name,who\nn,New,Xingda\n", known=lambda cells: 1)

    report = import_table("projects", table, mapping, user=clerk)

    assert report.errors == ()
    assert Project.objects.get().enterprise.code == "xingda-2"


def test_a_user_limited_to_areas_undoes_an_earlier_import_only_there(here):
    clerk = make_user("clerk")
    batch = written("code,name,area\na,A,here\nb,B,\n", clerk)
    clerk.area_limits.create(area=here)
    clerk = type(clerk).objects.get(pk=clerk.pk)

    undone = undo.undo(batch, clerk)

    assert (undone.count, [row for row, _key, _reason in undone.kept]) == (1, [3])
    assert Project.objects.get().code == "b"


def test_a_waiting_import_of_a_user_who_lost_the_role_writes_nothing(clerk):
    batch = previewed("code,name\na,A\n", clerk)
    clerk.groups.clear()
    batch = type(batch).objects.get(pk=batch.pk)
    batches.approve(batch)

    batches.work_on(batch)

    assert batch.state == "previewed"
    assert counts(batch) == {"refused": 1}
    assert not Project.objects.exists()


def test_a_file_about_sectors_sums_what_the_person_sees(here):
    trade = make_sector(code="trade")
    make_project(area=here, sectors=[trade], amount=Decimal("1.00"), state="draft")
    make_project(area=make_area(), sectors=[trade], amount=Decimal("2.00"), state="draft")
    make_project(sectors=[trade], amount=Decimal("4.00"))

    batch = previewed("code,name,area\nn,N,here\n", make_user("clerk", areas=[here]))

    assert batch.sums["before"]["total"] == "5.00"
    assert batch.sums["after"]["trade"] == "5.00"


def test_a_manual_proposal_stays_when_an_import_that_added_to_it_is_undone(clerk):
    project = make_project(code="p", name="Old")
    by_hand = changed(clerk, project, note="By hand").proposal

    written("code,name\np,New\n", clerk)

    standing = Proposal.objects.get()
    assert (standing.pk, standing.changes) == (by_hand.pk, {"note": "By hand", "name": "New"})
