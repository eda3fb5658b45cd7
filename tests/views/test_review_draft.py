from decimal import Decimal

import pytest

from projects import history, review
from projects.models import Headline, Project, Receipt, ReturnedDraft, Source
from tests.factories import make_area, make_project, make_source, make_user
from tests.helpers.page_parser import read
from tests.helpers.review_pages import client_of, make_draft, make_draft_enterprise, page

pytestmark = pytest.mark.django_db


def address(record, step=""):
    noun = {"funds received": "receipts"}.get(record._meta.verbose_name)
    noun = noun or f"{record._meta.model_name}s"
    return f"/review/drafts/{noun}/{record.pk}/{f'{step}/' if step else ''}"


def test_a_draft_is_shown_in_full_and_in_words(clerk, reviewer):
    source = make_source(title="Signing day", quote="said of it", publisher="The Times")
    draft = make_draft(
        clerk,
        name="Cold chain",
        amount=Decimal("1760000000.00"),
        amount_text="17.6亿元",
        qualifier="at_least",
        area=make_area(name="Kashi"),
        sources=[source],
    )

    shown = page(reviewer, address(draft)).one("main")

    facts = dict(
        zip(
            [term.text for term in shown.one("dl", class_="facts").all("dt")],
            [said.text for said in shown.one("dl", class_="facts").all("dd")],
            strict=True,
        )
    )
    assert facts["Amount"] == "at least 1,760,000,000.00 CNYat least 1.76 billion CNY"
    assert facts["Amount as published"] == "17.6亿元"
    assert (facts["Area"], facts["Stage"]) == ("Kashi", "signed")
    assert facts["Lead enterprise"] == "not stated"
    assert facts["Sources"] == "Signing day The Times, 2023-11-11 said of it"
    assert shown.link("Kashi") == draft.area.get_absolute_url()
    assert f"entered by {clerk.username}, a clerk" in shown.one("ol", class_="history").text


def test_its_history_names_authors(clerk, reviewer):
    draft = make_draft(clerk, name="Cold chain")
    draft.name = "Cold chain base"
    review.submit(reviewer, draft)

    past = page(clerk, address(draft)).one("ol", class_="history")

    assert past.all("li")[0].text.endswith(
        f"changed by {reviewer.username}, a reviewer Draft NameCold chain → Cold chain base"
    )


def test_a_reviewer_publishes_a_draft(clerk, reviewer, client):
    draft = make_draft(clerk)
    form = page(reviewer, address(draft)).one("form", action=address(draft, "publish"))
    version = form.one("input", name="version").attributes["value"]
    assert client.get(draft.get_absolute_url()).status_code == 404

    answer = client_of(reviewer).post(address(draft, "publish"), {"version": version})

    assert (answer.status_code, answer["Location"]) == (302, "/review/")
    assert client.get(draft.get_absolute_url()).status_code == 200
    # Its page leads on to where it is now.
    moved = client_of(clerk).get(address(draft))
    assert (moved.status_code, moved["Location"]) == (302, draft.get_absolute_url())


@pytest.mark.parametrize("version", ["1", "", "x", "9" * 40])
def test_an_edited_draft_is_a_conflict(clerk, reviewer, version):
    draft = make_draft(clerk)
    draft.name = "Renamed"
    review.submit(clerk, draft)

    answer = client_of(reviewer).post(address(draft, "publish"), {"version": version})

    assert answer.status_code == 409
    assert "“Renamed” was changed by clerk-" in answer.content.decode()
    assert Project.objects.get(pk=draft.pk).is_draft


def test_publishing_twice_says_so(clerk, reviewer):
    draft = make_draft(clerk)
    client = client_of(reviewer)

    answers = [client.post(address(draft, "publish"), {"version": "1"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 409]
    shown = read(answers[1].content.decode()).one("main")
    assert "the register has changed since you looked at it" in shown.one("div", role="alert").text
    assert shown.all("form") == []


def test_contributors_cannot_publish_it(clerk, reviewer):
    draft = make_draft(clerk)
    draft.name = "Mended"
    review.submit(reviewer, draft)

    shown = page(reviewer, address(draft)).one("main")
    answer = client_of(reviewer).post(address(draft, "publish"), {"version": "2"})

    assert "This is your own entry" in shown.text
    assert shown.all("form", action=address(draft, "publish")) == []
    assert answer.status_code == 403


def test_a_clerk_neither_publishes_nor_returns(clerk):
    draft = make_draft(make_user("clerk"))

    shown = page(clerk, address(draft)).one("main")
    answers = [
        client_of(clerk).post(address(draft, step), {"version": "1", "reason": "No"})
        for step in ("publish", "return")
    ]

    assert shown.all("form") == []
    assert shown.link("Edit") == f"/admin/projects/project/{draft.pk}/change/"
    assert [answer.status_code for answer in answers] == [403, 403]
    assert not ReturnedDraft.objects.exists()


def test_a_draft_stays_returned_until_it_is_edited(clerk, reviewer):
    draft = make_draft(clerk)
    client = client_of(reviewer)

    empty = client.post(address(draft, "return"), {"reason": ""})
    given = client.post(address(draft, "return"), {"reason": "Which year?"})

    assert (empty.status_code, given.status_code) == (409, 302)
    assert page(clerk, address(draft)).one("blockquote").text == "Which year?"
    draft.signed_on = "2024-01-01"
    draft.clean_fields()
    review.submit(clerk, draft)
    assert page(clerk, address(draft)).all("blockquote") == []


def test_what_it_refers_to_and_is_a_draft_is_named_before(clerk, reviewer):
    firm = make_draft_enterprise(clerk, name="New firm")
    draft = make_draft(clerk, enterprise=firm)

    shown = page(reviewer, address(draft)).one("main")
    answer = client_of(reviewer).post(address(draft, "publish"), {"version": "1"})

    assert shown.one("div", class_="warning").link("New firm") == address(firm)
    assert answer.status_code == 409
    assert f"“{firm.code}” is a draft: publish it first." in answer.content.decode()


def test_every_reviewed_model_has_a_draft_page(clerk, reviewer):
    source = review.submit(clerk, Source(code="press", title="Press")).record
    project = make_project(name="Cold chain")
    receipt = Receipt(project=project, received_on="2024-01-01", amount=Decimal("-5.00"))
    headline = Headline(
        code="h", what="enterprises_settled", area=make_area(), as_of="2023-11-11", value=35
    )
    headline.source = make_source()
    records = [source, make_draft_enterprise(clerk)]
    for record in (receipt, headline):
        record.clean_fields()
        records.append(review.submit(clerk, record).record)

    for record in records:
        text = page(reviewer, address(record)).one("main").text
        assert "Only staff can see it." in text, record
        answer = client_of(reviewer).post(address(record, "publish"), {"version": "1"})
        assert answer.status_code == 302, record


def test_a_draft_of_another_area_is_not_there(clerk):
    draft = make_draft(clerk, area=make_area())
    elsewhere = client_of(make_user("reviewer", areas=[make_area()]))

    assert elsewhere.get(address(draft)).status_code == 404
    assert elsewhere.post(address(draft, "publish"), {"version": "1"}).status_code == 404
    assert elsewhere.post(address(draft, "return"), {"reason": "No"}).status_code == 404


@pytest.mark.parametrize("where", ["drafts/zones/1", "drafts/projects/999", "drafts/x/1"])
def test_what_is_no_draft_is_not_there(reviewer, where):
    assert client_of(reviewer).get(f"/review/{where}/").status_code == 404


def test_its_page_costs_the_same_however_long_its_history(
    clerk, reviewer, django_assert_max_num_queries
):
    draft = make_draft(clerk)
    for number in range(60):
        draft.name = f"Name {number}"
        draft._history_user = clerk
        history.save(draft)
    client = client_of(reviewer)

    with django_assert_max_num_queries(30):
        answer = client.get(address(draft))

    shown = read(answer.content.decode()).one("main")
    assert len(shown.one("ol", class_="history").all("li")) == 50
    assert shown.link("Full history") == f"/admin/projects/project/{draft.pk}/history/"
