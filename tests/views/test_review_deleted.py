import pytest

from projects import history, review
from projects.models import Enterprise, Project
from tests.factories import (
    make_area,
    make_enterprise,
    make_project,
    make_receipt,
    make_source,
    make_user,
)
from tests.helpers.page_parser import check_policy, check_whole, read
from tests.helpers.review_pages import client_of, make_draft, page

pytestmark = pytest.mark.django_db


def deleted(record, user=None):
    key, model = record.pk, type(record)
    record._history_user = user
    history.delete(record)
    row = model.history.filter(id=key).latest("history_id")
    return f"/review/deleted/{model._meta.verbose_name_plural}/{row.pk}/"


def test_what_was_deleted_is_listed_with_when_and_by_whom(reviewer):
    boss = make_user("superuser")
    first = deleted(make_project(code="p-1", name="Cold chain"), boss)
    second = deleted(make_enterprise(code="e-1", name="Silk"))
    clerk = make_user("clerk")
    draft = make_draft(clerk, code="d-1", name="Drafted")
    review.remove(clerk, draft)

    found = page(reviewer, "/review/deleted/")

    check_whole(found)
    check_policy(found)
    rows = found.rows()
    assert [row[:2] for row in rows] == [
        ["Drafted Draftd-1", "Project"],
        ["Silke-1", "Enterprise"],
        ["Cold chainp-1", "Project"],
    ]
    assert rows[0][2].endswith(clerk.username)
    assert rows[2][2].endswith(boss.username)
    assert (found.link("Cold chain"), found.link("Silk")) == (first, second)
    assert len(page(reviewer, "/review/deleted/?noun=projects").rows()) == 2


@pytest.mark.parametrize("query", ["noun=zones", "colour=red", "page=2", "page=x"])
def test_what_cannot_be_read_is_an_error_and_no_rows(reviewer, query):
    deleted(make_project())

    found = page(reviewer, f"/review/deleted/?{query}", status=400)

    assert query.partition("=")[0] in found.one("div", role="alert").text
    assert found.all("table") == []


def test_a_deleted_record_is_shown_and_restored(client, reviewer):
    press, area = make_source(title="The Times"), make_area(name="Kashi")
    project = make_project(code="p-1", name="Cold chain", area=area, sources=[press])
    where = deleted(project)

    shown = page(reviewer, where).one("main")
    answer = client_of(reviewer).post(f"{where}restore/")

    facts = {
        term.text: said.text for term, said in zip(shown.all("dt"), shown.all("dd"), strict=True)
    }
    assert (facts["Name"], facts["Area"], facts["Sources"]) == ("Cold chain", "Kashi", "The Times")
    assert facts["Amount"] == "1,000,000.00"
    assert (answer.status_code, answer["Location"]) == (302, "/projects/p-1/")
    assert list(Project.objects.get(code="p-1").sources.all()) == [press]
    assert client.get("/projects/p-1/").status_code == 200
    # It is no longer among what is deleted.
    assert client_of(reviewer).get(where).status_code == 404
    assert client_of(reviewer).post(f"{where}restore/").status_code == 404


def test_a_restored_draft_is_a_draft(client, reviewer):
    draft = make_draft(code="d-1")
    where = deleted(draft)

    answer = client_of(reviewer).post(f"{where}restore/")

    restored = Project.objects.get(code="d-1")
    assert answer["Location"] == f"/review/drafts/projects/{restored.pk}/"
    assert client.get("/projects/d-1/").status_code == 404


def test_only_reviewers_see_the_button_to_restore(reviewer):
    where = deleted(make_project())
    clerk = client_of(make_user("clerk"))

    shown = read(clerk.get(where).content.decode()).one("main")
    answer = clerk.post(f"{where}restore/")

    assert shown.all("form") == []
    assert answer.status_code == 403
    assert "Only reviewers can restore deleted records." in answer.content.decode()


def test_a_taken_code_is_reported(reviewer):
    where = deleted(make_project(code="p-1"))
    make_project(code="p-1")

    answer = client_of(reviewer).post(f"{where}restore/")

    assert answer.status_code == 400
    alert = read(answer.content.decode()).one("div", role="alert")
    assert alert.text.startswith("Code: Another record has this code")


def test_a_deleted_project_of_a_receipt_is_reported(reviewer):
    receipt = make_receipt()
    project, key = receipt.project, receipt.project_id
    where = deleted(receipt).replace("funds received", "receipts")
    deleted(project)

    shown = page(reviewer, where).one("main")
    answer = client_of(reviewer).post(f"{where}restore/")

    assert f"deleted project {key}" in shown.text
    assert answer.status_code == 400
    assert "Project: " in read(answer.content.decode()).one("div", role="alert").text


def test_what_was_deleted_of_another_area_is_not_there():
    where = deleted(make_project(area=make_area()))
    elsewhere = client_of(make_user("reviewer", areas=[make_area()]))

    listed = read(elsewhere.get("/review/deleted/").content.decode())
    assert listed.rows() == [["No deleted records."]]
    assert elsewhere.get(where).status_code == 404
    assert elsewhere.post(f"{where}restore/").status_code == 404


@pytest.mark.parametrize("where", ["zones/1", "projects/1", "x/1"])
def test_what_was_not_deleted_is_not_there(reviewer, where):
    make_project()

    assert client_of(reviewer).get(f"/review/deleted/{where}/").status_code == 404


def test_visitors_sign_in_and_readers_are_refused(client):
    where = deleted(make_enterprise())

    assert client.get(where)["Location"] == f"/accounts/login/?next={where}"
    assert client.post(f"{where}restore/").status_code == 302
    assert client_of(make_user("visitor")).get("/review/deleted/").status_code == 403
    assert not Enterprise.objects.exists()


def test_the_list_costs_the_same_however_much_was_deleted(reviewer, django_assert_max_num_queries):
    for _ in range(10):
        deleted(make_project())
        deleted(make_enterprise())
        deleted(make_source())
    client = client_of(reviewer)

    with django_assert_max_num_queries(16):
        client.get("/review/deleted/")
