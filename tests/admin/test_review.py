"""A save publishes, drafts or proposes, by the user's role."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from projects.models import Project, Proposal, Receipt
from tests.factories import (
    make_area,
    make_enterprise,
    make_project,
    make_receipt,
    make_sector,
    make_source,
    make_user,
)
from tests.helpers.admin_forms import delete, delete_selected, errors, page_of, sent

pytestmark = pytest.mark.django_db

ADD = "/admin/projects/project/add/"
RECEIPT = {"receipts-0-received_on": "2023-12-01", "receipts-0-amount": "10"} | {
    "receipts-0-amount-shown": "10.00 CNY exact"
}


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def clerk():
    return signed_in(make_user("clerk"))


def save(client, address, **changes):
    response = client.post(address, sent(client.get(address), **changes), follow=True)
    assert response.redirect_chain, errors(response)
    return [str(message) for message in response.context["messages"]]


def test_what_a_clerk_adds_is_a_draft_and_so_are_its_rows(clerk):
    said = save(clerk, ADD, code="new", name="New", **RECEIPT)

    project, receipt = Project.objects.get(), Receipt.objects.get()
    assert (project.state, receipt.state) == ("draft", "draft")
    assert [row.history_role for row in Project.history.all()] == ["clerk"]
    assert "draft" in said[0]
    assert not Project.objects.visible_to(None).exists()


def test_what_a_superuser_adds_is_published(office):
    said = save(office, ADD, code="new", name="New", **RECEIPT)

    assert (Project.objects.get().state, Receipt.objects.get().state) == ("published",) * 2
    assert "draft" not in said[0]


def test_a_clerk_goes_on_with_their_draft(clerk):
    save(clerk, ADD, code="new", name="New")
    draft = Project.objects.get()

    save(clerk, page_of(draft), name="Newer")

    draft.refresh_from_db()
    assert (draft.name, draft.state, draft.version) == ("Newer", "draft", 2)
    assert not Proposal.objects.exists()


def test_a_clerks_change_of_a_published_record_is_a_proposal(clerk):
    trade, it, source = make_sector(code="trade"), make_sector(code="it"), make_source(code="s")
    project = make_project(name="Old", sectors=[trade], amount=Decimal("5.00"))

    said = save(
        clerk,
        page_of(project),
        name="New",
        sources=[source.pk],
        **{"shares-1-sector": it.pk},
    )

    project.refresh_from_db()
    assert (project.name, project.version, Project.history.count()) == ("Old", 1, 1)
    assert [share.sector for share in project.shares.all()] == [trade]
    proposal = Proposal.objects.get()
    assert proposal.changes == {
        "name": "New",
        "sources": ["s"],
        "sectors": [{"sector": "trade", "share": None}, {"sector": "it", "share": None}],
    }
    assert proposal.before == {
        "name": "Old",
        "sources": [],
        "sectors": [{"sector": "trade", "share": None}],
    }
    assert "waiting for review" in said[0]


def test_what_a_clerk_changes_further_is_added_to_the_proposal(clerk):
    project = make_project(name="Old", note="")

    save(clerk, page_of(project), name="New")
    page = clerk.get(page_of(project))
    save(clerk, page_of(project), note="Further")

    assert Proposal.objects.get().changes == {"name": "New", "note": "Further"}
    assert page.context["open_proposal"] == Proposal.objects.get()


def test_an_unchanged_form_proposes_nothing(clerk):
    project = make_project(sectors=[make_sector()], partners=[make_enterprise()])

    said = save(clerk, page_of(project))

    assert not Proposal.objects.exists()
    assert "changed nothing" in said[0]


def test_receipts_of_a_published_project_are_records_of_their_own(clerk):
    project = make_project(amount=None)
    receipt = make_receipt(project, Decimal("1.00"))

    said = save(
        clerk,
        page_of(project),
        **{
            "receipts-0-note": "",
            "receipts-0-amount": "2",
            "receipts-0-amount-shown": "2.00 CNY exact",
            "receipts-1-received_on": "2024-01-01",
            "receipts-1-amount": "10",
            "receipts-1-amount-shown": "10.00 CNY exact",
        },
    )

    receipt.refresh_from_db()
    new = Receipt.objects.exclude(pk=receipt.pk).get()
    assert (receipt.amount, new.state) == (Decimal("1.00"), "draft")
    assert Proposal.objects.get().changes == {"amount": "2.00"}
    assert len(said) == 2


def test_deleting_a_published_record_is_proposed_and_a_draft_is_deleted(clerk):
    published = make_project()
    save(clerk, ADD, code="new", name="New")
    draft = Project.objects.get(code="new")

    delete(clerk, published)
    delete(clerk, draft)

    assert [project.pk for project in Project.objects.all()] == [published.pk]
    assert Proposal.objects.get().kind == "deletion"


def test_deleting_several_published_records_is_proposed(clerk):
    published = [make_project(), make_project()]

    delete_selected(clerk, published)

    assert Project.objects.count() == Proposal.objects.filter(kind="deletion").count() == 2


def test_a_superuser_publishes_a_draft_by_saving_it(clerk, office):
    save(clerk, ADD, code="new", name="New")
    draft = Project.objects.get()

    save(office, page_of(draft), name="Newer")

    draft.refresh_from_db()
    assert (draft.state, Project.history.filter(state="published").count()) == ("published", 1)


def test_a_published_record_refers_to_no_draft(clerk, office):
    save(clerk, "/admin/projects/source/add/", code="press", title="Press")
    from projects.models import Source

    draft = Source.objects.get()
    project = make_project()

    page = office.post(page_of(project), sent(office.get(page_of(project)), sources=[draft.pk]))

    assert errors(page) == {"sources": ["“press” is a draft: publish it first."]}


def test_a_user_limited_to_areas_writes_only_their_records():
    kashi, other = make_area(code="kashi"), make_area(code="other")
    client = signed_in(make_user("clerk", areas=[kashi]))
    theirs, others = make_project(area=kashi), make_project(area=other)

    refused = client.post(ADD, sent(client.get(ADD), code="a", name="A", area=other.pk))
    nowhere = client.post(ADD, sent(client.get(ADD), code="a", name="A"))
    save(client, ADD, code="b", name="B", area=kashi.pk)
    moved = client.post(page_of(theirs), sent(client.get(page_of(theirs)), area=other.pk))

    sentence = "You may only edit records of these areas: kashi."
    assert errors(refused)["area"] == errors(nowhere)["area"] == [sentence]
    assert errors(moved)["area"] == [sentence]
    assert Project.objects.get(state="draft").code == "b"
    assert client.get(page_of(others)).context["has_change_permission"] is False
    assert client.post(page_of(others), {"name": "Mine"}).status_code == 403
    assert client.post(page_of(others, "delete"), {"post": "yes"}).status_code == 403


def test_drafts_of_other_areas_are_not_there():
    kashi, other = make_area(), make_area()
    draft = make_project(area=other, state="draft")
    client = signed_in(make_user("reviewer", areas=[kashi]))

    listed = client.get("/admin/projects/project/").context["cl"].queryset
    opened = client.get(page_of(draft))

    assert list(listed) == []
    assert opened.status_code == 302  # Django's way to say that there is none.


def test_lists_are_narrowed_to_drafts(office):
    make_project()
    draft = make_project(state="draft", signed_on=date(2024, 1, 1))

    page = office.get(reverse("admin:projects_project_changelist"), {"state": "draft"})

    assert list(page.context["cl"].queryset) == [draft]
