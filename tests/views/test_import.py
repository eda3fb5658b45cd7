"""Who may import files, which files are accepted, and the list of imports."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from projects import history
from projects.imports import batches, workers
from projects.models import BatchState, ImportBatch, Project
from projects.spreadsheets import reading
from projects.views.imports import upload, upload_handler
from tests.factories import make_project, make_user
from tests.helpers.import_pages import (
    SIGNING_LIST,
    bring,
    file_of,
    page_of,
    previewed,
    step,
    written,
)
from tests.helpers.page_parser import check_chinese, check_policy, check_whole, read

pytestmark = pytest.mark.django_db


def addresses(batch):
    start = f"/import/{batch.pk}/"
    return [start, *(start + name for name in ("mapping/", "undo/", "refused.csv"))]


STEPS = ("mapping", "check", "approve", "cancel", "undo")


# --- Permissions----------------------------------------------------------------


def test_a_visitor_is_sent_to_sign_in_and_back(client):
    batch = batches.receive(b"code,name\na,A\n", "list.csv", "projects")

    assert client.get("/import/?page=1")["Location"] == "/accounts/login/?next=/import/%3Fpage%3D1"
    for address in addresses(batch):
        assert client.get(address)["Location"] == f"/accounts/login/?next={address}"
    for name in STEPS:
        answer = client.post(f"/import/{batch.pk}/{name}/")
        assert answer["Location"] == "/accounts/login/?next=/import/"


@pytest.mark.parametrize("role", ["visitor", "viewer"])
def test_users_without_permission_to_write_are_refused(client, role):
    client.force_login(make_user(role))

    assert client.get("/import/").status_code == 403
    assert client.post("/import/", {"file": file_of(SIGNING_LIST)}).status_code == 403
    assert not ImportBatch.objects.exists()


def test_only_permitted_types_of_records_can_be_chosen(client):
    user = make_user("viewer")
    user.user_permissions.add(Permission.objects.get(codename="add_receipt"))
    client.force_login(user)

    page = read(client.get("/import/").content.decode())
    answer = client.post("/import/", {"file": file_of(SIGNING_LIST), "noun": "projects"})

    assert [option.text for option in page.one("select").all("option")] == ["Funds received"]
    assert (answer.status_code, ImportBatch.objects.count()) == (400, 0)


def test_imports_of_others_are_not_found(client):
    batch = batches.receive(b"code\na\n", "list.csv", "projects", user=make_user("clerk"))
    client.force_login(make_user("clerk"))

    for address in addresses(batch):
        assert client.get(address).status_code == 404
    for name in STEPS:
        assert client.post(f"/import/{batch.pk}/{name}/").status_code == 404
    assert client.get("/import/99999999999999999999/").status_code == 404
    client.force_login(make_user("superuser"))
    assert client.get(f"/import/{batch.pk}/mapping/").status_code == 200


def test_only_staff_see_the_link(client, office):
    def sections():
        nav = read(client.get("/projects/").content.decode()).one("nav", aria_label="Main")
        return [link.attributes["href"] for link in nav.all("a")]

    assert "/import/" in sections()
    client.logout()
    assert "/import/" not in sections()


def test_actions_need_the_csrf_token(office):
    client = Client(enforce_csrf_checks=True)
    client.force_login(office)
    batch = batches.receive(b"code\na\n", "list.csv", "projects", user=office)

    assert client.post("/import/", {"file": file_of(SIGNING_LIST)}).status_code == 403
    for name in STEPS:
        assert client.post(f"/import/{batch.pk}/{name}/").status_code == 403


def test_actions_accept_post_only(client, office):
    batch = bring(client, SIGNING_LIST)

    for name in ("check", "approve", "cancel"):
        assert client.get(f"/import/{batch.pk}/{name}/").status_code == 405


# --- Uploads ----------------------------------------------------------


def test_an_uploaded_file_leads_to_the_mapping_form(client, office):
    answer = client.post(
        "/import/", {"file": file_of(SIGNING_LIST), "noun": "projects"}, follow=True
    )

    batch = ImportBatch.objects.get()
    assert answer.redirect_chain[-1][0] == f"/import/{batch.pk}/mapping/"
    assert (batch.user, batch.file_name, batch.model_name) == (office, "签约项目.csv", "projects")
    assert bytes(batch.content).decode() == SIGNING_LIST


@pytest.mark.parametrize(
    ("data", "field", "sentence"),
    [
        ({}, "file", "Choose a file."),
        ({"file": file_of(b"")}, "file", "The file is empty."),
        ({"file": file_of("a"), "noun": "rates"}, "noun", "rates is not one of"),
        ({"file": file_of("a"), "sheet": "s" * 256}, "sheet", "at most 255 characters"),
    ],
)
def test_errors_of_the_form_are_shown_at_their_fields(client, office, data, field, sentence):
    answer = client.post("/import/", {"noun": "projects"} | data)

    page = read(answer.content.decode())
    assert answer.status_code == 400
    assert sentence in page.one("ul", id=f"id_{field}_error").text
    assert page.one(id=f"id_{field}").attributes["aria-invalid"] == "true"
    assert not ImportBatch.objects.exists()


def test_a_file_that_is_too_large_is_discarded_with_an_error(client, office, monkeypatch):
    monkeypatch.setattr(upload_handler, "AROUND", 1000)
    monkeypatch.setattr(upload_handler, "MOST_BYTES", 1000)

    answer = client.post("/import/", {"file": file_of("a" * 3000), "noun": "projects"})

    page = read(answer.content.decode())
    assert answer.status_code == 400
    assert "and at most 50.0 MB can be read: split it." in page.one("ul", id="id_file_error").text
    assert not answer.wsgi_request.FILES
    assert not ImportBatch.objects.exists()


def test_a_file_just_above_the_limit_is_refused_as_well(client, office, monkeypatch):
    monkeypatch.setattr(reading, "MOST_BYTES", 1000)

    answer = client.post("/import/", {"file": file_of("a" * 1001), "noun": "projects"})

    assert answer.status_code == 400
    assert "split it" in read(answer.content.decode()).one(id="id_file_error").text


def test_the_limits_are_shown_at_the_form(client, office):
    page = read(client.get("/import/").content.decode())

    assert "at most 50.0" in page.text
    assert "200,000 rows and 500 columns" in page.text
    blanks = [link.attributes["href"] for link in page.one("main").all("a")]
    assert blanks == [f"template/{noun}.xlsx" for noun in ("projects", "enterprises", "receipts")]


def test_a_file_that_cannot_be_read_says_why_and_what_to_do(client, office):
    batch = bring(client, b"%PDF-1.7\x00\x01")

    page = page_of(client, batch)

    assert batch.state == BatchState.UNREADABLE
    assert "PDF" in page.text
    assert page.one("main").link("Import a file") == "/import/"
    assert client.get(f"/import/{batch.pk}/mapping/").status_code == 302


# --- The list of imports --------------------------------------------------------


def test_earlier_imports_are_listed_with_their_results(client):
    batches.receive(b"code\na\n", "others.csv", "projects", user=make_user("clerk"))
    clerk = make_user("clerk")
    client.force_login(clerk)
    done = written(client, "code,name\na,A\n")
    bring(client, "code,name\nb,B\n", "enterprises")

    first, last = read(client.get("/import/").content.decode()).rows()

    assert (first[0], first[1], first[5]) == (
        "签约项目.csv",
        "Enterprises",
        "waiting for a mapping",
    )
    assert (last[1], last[3:]) == ("Projects", ["1", "1 new", "written"])
    assert last[2].endswith(clerk.username)
    assert done.get_absolute_url() == f"/import/{done.pk}/"


def test_the_list_of_imports_has_pages_of_constant_queries(client, office, monkeypatch):
    monkeypatch.setattr(upload, "PAGE_SIZE", 2)
    bring(client, SIGNING_LIST)
    with CaptureQueriesContext(connection) as one:
        client.get("/import/")
    for _ in range(2):
        bring(client, SIGNING_LIST)

    with CaptureQueriesContext(connection) as three:
        page = read(client.get("/import/").content.decode())

    assert (len(page.rows()), len(three)) == (2, len(one))
    assert not [query for query in three if '"content"' in query["sql"]]
    assert len(read(client.get("/import/?page=2").content.decode()).rows()) == 1
    for query in ("?page=3", "?page=x", "?page=1&page=2", "?colour=red"):
        assert client.get(f"/import/{query}").status_code == 400, query


# --- With a mapping file --------------------------------------------------


def with_mapping(client, text, mapping):
    files = {"file": file_of(text), "mapping": file_of(mapping, "mapping.toml")}
    return client.post("/import/", {**files, "noun": "projects"})


def test_a_file_uploaded_with_a_mapping_is_checked_at_once(client, office):
    mapping = '[columns]\n"Id" = "code"\n"Title" = "name"\n'

    answer = with_mapping(client, "Id,Title\na,A\n", mapping)

    batch = ImportBatch.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/import/{batch.pk}/")
    assert (batch.state, batch.counts["new"]) == (BatchState.PREVIEWED, 1)


@pytest.mark.parametrize(
    ("mapping", "sentence"),
    [
        ("[columns", "Expected"),
        ("[colums]\n", "no key “colums”"),
        ('[columns]\n"Id" = "code"\n', "Choose a field for these columns"),
        (b"\xff\xfe", "codec"),
    ],
)
def test_an_invalid_mapping_is_reported_at_its_field(client, office, mapping, sentence):
    answer = with_mapping(client, "Id,Title\na,A\n", mapping)

    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert not Project.objects.exists()


# --- All pages --------------------------------------------------------


def pages_of_each_state(client):
    """Every page of the import, by what it shows."""
    waiting = bring(client, "编号,项目名称,科室,进展\n甲1,项目,一,推进中\n")
    refused = previewed(
        client, "编号,项目名称,总投资（万元）,投资方\na,甲,5,喀什\nb,乙,许多,\n合计,,6,\n"
    )
    changed = previewed(client, "编号,项目名称\nold,新名\n")
    done = written(client, "编号,项目名称\nc,丙\n")
    undone, cancelled, broken = (bring(client, "编号,项目名称\nd,丁\n") for _ in range(3))
    step(client, undone, "check")
    step(client, undone, "approve")
    recorded = Project.objects.get(code="d")
    recorded.note = "Looked into"
    history.save(recorded)
    step(client, undone, "undo")
    step(client, cancelled, "cancel")
    ImportBatch.objects.filter(pk=broken.pk).update(
        state=BatchState.CHECKING, worker=workers.worker_name(), done=1
    )
    unreadable = bring(client, b"\x00\x01")
    answers = {
        "list": client.get("/import/"),
        "mapping": client.get(f"/import/{waiting.pk}/mapping/"),
        "mapping, refused": client.post(f"/import/{waiting.pk}/mapping/", {"column-0": "name"}),
        "upload, refused": client.post("/import/", {"noun": "projects"}),
        "too late": client.post(f"/import/{done.pk}/cancel/"),
        "not in the address": client.get(f"/import/{done.pk}/?status=x"),
        "undo": client.get(f"/import/{done.pk}/undo/"),
    }
    for status in ("", "refused", "new", "made", "footer", "unchanged", "left_out"):
        answers[f"preview, {status}"] = client.get(f"/import/{refused.pk}/?status={status}")
    for name, batch in {
        "changed": changed,
        "written": done,
        "undone": undone,
        "cancelled": cancelled,
        "at work": broken,
        "unreadable": unreadable,
    }.items():
        answers[name] = client.get(f"/import/{batch.pk}/")
    return answers


def test_pages_are_valid_and_follow_the_content_security_policy(client, office):
    make_project(code="old", name="", name_zh="旧名")

    for shown, answer in pages_of_each_state(client).items():
        page = read(answer.content.decode())
        assert answer.status_code in (200, 400, 409), shown
        check_whole(page)
        check_policy(page)
        assert len(page.one("main").all(method="post")) == len(
            page.one("main").all(name="csrfmiddlewaretoken")
        ), shown
        labelled = {label.attributes["for"] for label in page.all("label")}
        for field in [*page.one("main").all("select"), *page.one("main").all("input", type="text")]:
            assert "aria-labelledby" in field.attributes or field.attributes["id"] in labelled
        check_chinese(page)
