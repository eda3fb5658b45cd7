import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects import review
from projects.models import Enterprise, Project, Proposal
from tests.factories import make_area, make_project, make_user
from tests.helpers.import_pages import page_of, written
from tests.helpers.page_parser import read
from tests.helpers.review_pages import client_of

pytestmark = pytest.mark.django_db

LIST = "code,name,enterprise\na,A,Silk\nb,B,Silk\n"


def brought_in(clerk, text=LIST):
    """A file of a clerk, which makes an enterprise that two of its rows name."""
    return written(client_of(clerk), text)


def mark(user, batch):
    form = page_of(client_of(user), batch).one("form", action=f"/import/{batch.pk}/publish/")
    return form.one("input", name="mark").attributes["value"]


def publish(user, batch, seen):
    return client_of(user).post(f"/import/{batch.pk}/publish/", {"mark": seen})


def drafts():
    return sum(model.objects.filter(state="draft").count() for model in (Project, Enterprise))


def test_a_reviewer_publishes_all_drafts_of_an_import(clerk, reviewer):
    batch = brought_in(clerk)
    count = drafts()
    main = page_of(client_of(reviewer), batch).one("main")

    answer = publish(reviewer, batch, mark(reviewer, batch))

    assert count >= 2
    assert f"Publish {count} drafts" in [button.text for button in main.all("button")]
    assert "Undo this import…" not in [link.text for link in main.all("a")]
    assert (answer.status_code, answer["Location"], drafts()) == (302, f"/import/{batch.pk}/", 0)
    assert f"/import/{batch.pk}/" in [
        link.attributes["href"]
        for link in read(client_of(reviewer).get("/import/").content.decode()).all("a")
    ]


def test_users_cannot_publish_their_own_import(reviewer):
    batch = brought_in(reviewer)

    main = page_of(client_of(reviewer), batch).one("main")
    answer = publish(reviewer, batch, "")

    assert "This is your own entry" in main.text
    assert main.all("form") == []
    assert (answer.status_code, drafts() > 0) == (403, True)


def test_a_clerk_neither_publishes_nor_sees_imports_of_others(clerk):
    batch = brought_in(clerk)

    assert "Only reviewers can publish" in page_of(client_of(clerk), batch).one("main").text
    assert publish(clerk, batch, "").status_code == 403
    other = make_user("clerk")
    assert client_of(other).get(f"/import/{batch.pk}/").status_code == 404
    assert publish(other, batch, "").status_code == 404


def test_a_reviewer_limited_to_areas_does_not_see_imports_of_others(clerk):
    batch = brought_in(clerk)
    limited = make_user("reviewer", areas=[make_area()])

    assert client_of(limited).get(f"/import/{batch.pk}/").status_code == 404
    assert publish(limited, batch, "").status_code == 404


def test_a_reviewer_cannot_act_on_imports_of_others(clerk, reviewer):
    batch = brought_in(clerk)
    client = client_of(reviewer)

    for name in ("undo", "cancel", "approve", "check", "decide", "mapping"):
        assert client.post(f"/import/{batch.pk}/{name}/").status_code == 404, name
    assert client.get(f"/import/{batch.pk}/refused.csv").status_code == 404


def test_drafts_changed_since_the_page_was_opened_are_not_published(clerk, reviewer):
    batch = brought_in(clerk)
    seen = mark(reviewer, batch)
    draft = Project.objects.get(code="a")
    draft.name = "Changed"
    review.submit(clerk, draft)
    count = drafts()

    answer = publish(reviewer, batch, seen)

    assert (answer.status_code, drafts()) == (409, count)
    alert = read(answer.content.decode()).one("div", role="alert")
    assert "the register has changed since you looked at it" in alert.text
    assert publish(reviewer, batch, mark(reviewer, batch)).status_code == 302
    assert publish(reviewer, batch, seen).status_code == 409


def test_all_drafts_are_published_or_none(clerk, reviewer):
    batch = brought_in(clerk)
    draft = Project.objects.get(code="b")
    draft.name = "Mended"
    review.submit(reviewer, draft)
    count = drafts()

    answer = publish(reviewer, batch, mark(reviewer, batch))

    assert (answer.status_code, drafts()) == (403, count)


def test_proposed_changes_link_to_their_proposals(clerk, reviewer):
    make_project(code="p-1", name="Cotton")
    batch = brought_in(clerk, "code,name\np-1,Yarn\n")

    proposal = Proposal.objects.get()
    for user in (clerk, reviewer):
        found = page_of(client_of(user), batch, "?status=proposed")
        (row,) = found.one("table", class_="rows").rows()
        assert row[-4:] == ["Name", "Cotton", "Yarn", "waits for review"]
        assert found.link("waits for review") == proposal.get_absolute_url()
    shown = read(client_of(reviewer).get(proposal.get_absolute_url()).content.decode())
    assert shown.link(f"From the file {batch.file_name}") == f"/import/{batch.pk}/"


def test_queries_do_not_grow_with_the_drafts(clerk, reviewer):
    def cost(rows):
        codes = "".join(f"c{rows}-{number},N{number}\n" for number in range(rows))
        batch = brought_in(clerk, f"code,name\n{codes}")
        client = client_of(reviewer)
        with CaptureQueriesContext(connection) as found:
            client.get(f"/import/{batch.pk}/")
        return len(found)

    assert cost(2) == cost(40) <= 24
