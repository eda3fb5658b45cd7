from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects import history, review
from projects.models import Headline, Project, Receipt, Source
from tests.factories import (
    make_area,
    make_enterprise,
    make_headline,
    make_project,
    make_receipt,
    make_sector,
    make_source,
    make_user,
)
from tests.helpers.page_parser import check_whole, read
from tests.helpers.review_pages import client_of, make_draft, make_draft_enterprise, page, propose

pytestmark = pytest.mark.django_db


def entries(found):
    """What the history of a page says, without the moments."""
    return [" ".join(item.text.split()[2:]) for item in found.one("ol", class_="history").all("li")]


def save(record, user=None, **changes):
    links = {name: changes.pop(name) for name in ("partners", "sources") if name in changes}
    for name, value in changes.items():
        setattr(record, name, value)
    record._history_user = user
    history.save(record, **links)


def published(clerk, reviewer, **changes):
    """A project that was a draft, was mended and published."""
    draft = make_draft(clerk, code="cold", name="Secret name", **changes)
    draft.name = "Cold chain"
    review.submit(clerk, draft)
    review.publish(reviewer, [draft])
    return Project.objects.get(pk=draft.pk)


def test_the_public_reads_what_was_published_and_since_changed(ask, clerk, reviewer):
    firm = make_enterprise(name="Silk")
    project = published(clerk, reviewer)
    save(
        project,
        make_user("superuser"),
        enterprise=firm,
        amount=Decimal("1760000000.00"),
        signed_on=date(2023, 11, 12),
        partners=[make_enterprise(name="Road")],
    )
    save(project, None, enterprise=None, description="New")

    found = ask("/projects/cold/")

    check_whole(found)
    assert entries(found) == [
        "changed by the office Lead enterpriseSilk → — Description— → New",
        (
            "changed by an administrator Lead enterprise— → Silk Signed on2023-11-11 → 2023-11-12 "
            "Amountundisclosed → 1,760,000,000.00 Partners— → Road"
        ),
        "published by a reviewer",
    ]


def test_no_draft_and_nobody_s_name_shows_in_the_public_history(client, clerk, reviewer):
    project = published(clerk, reviewer)
    proposal = propose(clerk, project, description="Proposed")
    review.accept(reviewer, proposal)

    for address in ("/projects/cold/", "/projects/cold/history/", "/api/v1/projects/cold/history/"):
        text = client.get(address).content.decode()
        for secret in ("Secret name", "draft", "Draft", clerk.username, reviewer.username,
                       f"proposal {proposal.pk}", "entered"):  # fmt: skip
            assert secret not in text, (address, secret)


def test_staff_read_all_of_it_with_names(clerk, reviewer):
    published(clerk, reviewer)

    assert entries(page(clerk, "/projects/cold/")) == [
        f"published by {reviewer.username}, a reviewer",
        f"changed by {clerk.username}, a clerk Draft NameSecret name → Cold chain",
        f"entered by {clerk.username}, a clerk Draft",
    ]


def test_staff_of_another_area_read_what_the_public_reads(clerk, reviewer):
    published(clerk, reviewer, area=make_area())
    elsewhere = make_user("clerk", areas=[make_area()])

    assert entries(page(elsewhere, "/projects/cold/")) == ["published by a reviewer"]


def test_deletion_and_restoring_are_shown(ask, clerk, reviewer):
    source = make_source(title="The Times")
    project = published(clerk, reviewer, sources=[source])
    history.delete(project)
    (row,) = review.deleted(reviewer, Project)
    review.restore(reviewer, Project, row)

    assert entries(ask("/projects/cold/")) == [
        "restored by a reviewer",
        "deleted by the office",
        "published by a reviewer",
    ]


@pytest.mark.parametrize("make", [make_enterprise, make_source])
def test_enterprises_and_sources_have_one_too(ask, make):
    record = make()
    save(record, None, note="New")

    assert entries(ask(record.get_absolute_url())) == [
        "changed by the office Note— → New",
        "published by the office",
    ]


def test_a_deleted_reference_is_shown_as_deleted(ask):
    firm = make_enterprise(name="Silk")
    key = firm.pk
    project = make_project(enterprise=firm)
    save(project, None, enterprise=None)
    history.delete(firm)

    assert entries(ask(project.get_absolute_url()))[0] == (
        f"changed by the office Lead enterprisedeleted enterprise {key} → —"
    )


def test_a_long_history_has_a_page_of_its_own_in_parts(ask, client):
    project = make_project(code="long", name="Name 0")
    for number in range(1, 61):
        save(project, None, name=f"Name {number}")

    found = ask("/projects/long/")
    whole = found.link("Full history")
    first, second = ask(whole), ask(whole, page=2)

    assert len(entries(found)) == 20
    assert whole == "/projects/long/history/"
    check_whole(first)
    assert (len(entries(first)), len(entries(second))) == (50, 11)
    assert entries(first)[0] == "changed by the office NameName 59 → Name 60"
    # Compared with what stands on the next page.
    assert entries(first)[-1] == "changed by the office NameName 10 → Name 11"
    assert entries(second)[-1] == "published by the office"
    assert client.get(whole, {"page": 3}).status_code == 400
    assert client.get(whole, {"colour": "red"}).status_code == 400


def test_the_history_of_a_draft_is_not_there_for_the_public(client, clerk):
    draft = make_draft(clerk)

    for noun in ("projects", "api/v1/projects"):
        assert client.get(f"/{noun}/{draft.code}/history/").status_code == 404
    assert client_of(clerk).get(f"/projects/{draft.code}/history/").status_code == 200


def test_a_page_costs_the_same_however_long_the_history(client):
    area, firm = make_area(), make_enterprise()
    project = make_project(code="long", area=area, sectors=[make_sector()])

    def grow(times):
        for number in range(times):
            save(
                project,
                None,
                name=f"Name {number}",
                enterprise=None if project.enterprise else firm,
                partners=[] if number % 2 else [make_enterprise()],
                sources=[make_source()],
            )

    def cost(address):
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        return len(found)

    addresses = [
        "/projects/long/",
        "/projects/long/history/",
        "/api/v1/projects/long/history/",
    ]
    grow(4)
    before = [cost(address) for address in addresses]
    grow(50)

    assert [cost(address) for address in addresses] == before
    assert max(before) <= 22


# Drafts are marked for staff, and nothing tells the public of them.

PUBLIC = [
    "/", "/?search=cold", "/projects/", "/projects/cold/", "/projects/cold/history/",
    "/enterprises/", "/enterprises/silk/", "/areas/", "/areas/kashi/", "/totals/",
    "/totals/?by=area&then=enterprise", "/headlines/", "/sources/", "/sources/press/",
    "/projects/export.csv", "/sources/export.json", "/totals/export.csv",
    "/api/v1/projects/", "/api/v1/projects/cold/", "/api/v1/projects/cold/history/",
    "/api/v1/totals/", "/api/v1/enterprises/", "/api/v1/headlines/", "/api/v1/receipts/",
]  # fmt: skip


@pytest.fixture
def register():
    area = make_area(code="kashi")
    press = make_source(code="press")
    silk = make_enterprise(code="silk", area=area, sources=[press])
    project = make_project(code="cold", area=area, enterprise=silk, sources=[press])
    make_receipt(project)
    make_headline(area=area, source=press)
    return project


def bodies(client):
    found = {}
    for address in PUBLIC:
        answer = client.get(address)
        assert answer.status_code == 200, address
        streamed = getattr(answer, "streaming_content", None)
        found[address] = b"".join(streamed) if streamed else answer.content
    return found


def add_drafts(clerk, project):
    area, silk = project.area, project.enterprise
    source = review.submit(clerk, Source(code="hidden", title="Hidden")).record
    firm = make_draft_enterprise(clerk, area=area, sources=[source])
    make_draft(clerk, area=area, enterprise=silk, sources=[source], amount=Decimal("5.00"))
    make_draft(clerk, area=area, enterprise=firm)
    receipt = Receipt(project=project, received_on=date(2024, 1, 1), amount=Decimal("7.00"))
    review.submit(clerk, receipt)
    headline = Headline(
        code="h", what="enterprises_settled", area=area, as_of=date(2023, 11, 11),
        value=Decimal("35.00"), source=source,
    )  # fmt: skip
    review.submit(clerk, headline)
    propose(clerk, project, name="Proposed")


def test_what_the_public_reads_is_the_same_byte_by_byte_with_drafts_and_without(
    client, register, clerk
):
    before = bodies(client)

    add_drafts(clerk, register)

    after = bodies(client)
    assert [address for address in PUBLIC if after[address] != before[address]] == []


def test_staff_see_drafts_marked_in_words(register, clerk):
    add_drafts(clerk, register)

    for address, count in [
        ("/projects/", 3),
        ("/enterprises/", 1),
        ("/sources/", 1),
        ("/headlines/", 2),
        ("/projects/cold/", 1),
        ("/enterprises/silk/", 1),
        ("/", 4),
    ]:
        marks = page(clerk, address).one("main").all("span", class_="badge")
        assert [mark.text for mark in marks] == ["Draft"] * count, address


WITH_DRAFTS = (
    "/", "/projects/?area=kashi", "/totals/?by=area", "/enterprises/", "/headlines/", "/sources/",
    "/areas/", "/areas/kashi/", "/enterprises/silk/", "/projects/cold/", "/sources/press/",
)  # fmt: skip


def test_figures_with_drafts_say_so_and_link_to_the_public_ones(client, register, clerk):
    add_drafts(clerk, register)
    staff = client_of(clerk)

    def main(reader, address):
        answer = reader.get(address)
        assert answer.status_code == 200, address
        return read(answer.content.decode()).one("main")

    for address in WITH_DRAFTS:
        found, public = main(staff, address), main(client, address)
        assert "This includes drafts" in found.text, address
        assert "This includes drafts" not in public.text, address
        link = found.link("Show what the public sees")
        target = link if link.startswith("/") else address.partition("?")[0] + link
        shown, expected = main(staff, target), main(client, target)
        for table, other in zip(shown.all("table"), expected.all("table"), strict=True):
            assert table.rows() == other.rows(), address


def test_the_page_of_a_draft_says_that_it_is_not_public_and_leads_to_its_review(clerk):
    draft = make_draft(clerk)

    found = page(clerk, draft.get_absolute_url()).one("main")

    assert "this is not public" in found.one("div", class_="warning").text
    assert found.link("Go to review") == f"/review/drafts/projects/{draft.pk}/"


def test_a_page_links_to_its_proposals_for_those_who_may_see_them(clerk, register):
    proposal = propose(clerk, register, name="Proposed")
    elsewhere = make_user("clerk", areas=[make_area()])

    shown = page(make_user("viewer"), "/projects/cold/").one("main").all("div", class_="warning")
    hidden = page(elsewhere, "/projects/cold/").one("main").all("div", class_="warning")

    assert shown[0].all("a")[0].attributes["href"] == proposal.get_absolute_url()
    assert hidden == []


def test_the_choice_of_a_state_is_for_those_who_see_drafts(client, clerk):
    def choices(who):
        shown = read(who.get("/projects/").content.decode())
        return [one.attributes["value"] for box in shown.all("select", name="state")
                for one in box.all("option")]  # fmt: skip

    assert choices(client) == []
    assert choices(client_of(clerk)) == ["", "draft", "published"]
