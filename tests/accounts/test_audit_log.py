"""The audit log: who did what, from where; without forged lines and secrets."""

import json
import logging

import pytest
from django.core.management import call_command
from django.db import DatabaseError
from django.http import QueryDict
from django.test import Client, RequestFactory
from rest_framework.test import APIClient

from projects.accounts import audit_log, client_address
from projects.accounts.audit_log import Action, log
from projects.models import ApiToken, AuditEntry, ImportBatch
from projects.views import errors
from tests.factories import make_project, make_user

pytestmark = pytest.mark.django_db


def noted():
    return list(AuditEntry.objects.order_by("pk").values_list("action", "name", "subject"))


def somebody(role="visitor", **changes):
    """A user; the log is emptied after creating it."""
    user = make_user(role, **changes)
    AuditEntry.objects.all().delete()
    return user


# --- From where ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "address"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("10.0.0.1, 192.0.2.7", "192.0.2.7"),
        ("forged\r\nat=now, 192.0.2.7:5123", "192.0.2.7"),
        ("[2001:db8:0::7]:443", "2001:db8::7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("192.0.2.7, nonsense", "127.0.0.1"),
        ("", "127.0.0.1"),
    ],
)
def test_behind_the_proxy_the_last_address_counts(behind_a_proxy, header, address):
    request = RequestFactory().get("/", HTTP_X_FORWARDED_FOR=header)

    assert client_address.client_ip(request) == address


def test_without_a_proxy_the_header_is_not_looked_at():
    request = RequestFactory().get("/", HTTP_X_FORWARDED_FOR="192.0.2.7")

    assert client_address.client_ip(request) == "127.0.0.1"


def test_a_network_of_ipv6_is_one_client(behind_a_proxy):
    addresses = ["2001:db8:1:2::3", "2001:db8:1:2:ffff::", "2001:db8:1:3::3", "192.0.2.7"]
    requests = [RequestFactory().get("/", HTTP_X_FORWARDED_FOR=one) for one in addresses]

    assert [client_address.client_network(request) for request in requests] == [
        "2001:db8:1:2::/64",
        "2001:db8:1:2::/64",
        "2001:db8:1:3::/64",
        "192.0.2.7",
    ]


# --- What an entry is ----------------------------------------------------------


def test_an_entry_has_user_action_time_and_address():
    user = somebody("clerk", username="wang")
    request = RequestFactory().get("/projects/")
    request.user = user

    log(Action.PUBLISHED, request, subject="projects/KS-1", version=2)

    entry = AuditEntry.objects.get()
    assert (entry.user, entry.name, entry.action) == (user, "wang", "published")
    assert (entry.subject, entry.address) == ("projects/KS-1", "127.0.0.1")
    assert entry.details == {"version": 2}
    assert entry.at.utcoffset().total_seconds() == 0


def test_an_entry_of_a_command_has_no_user():
    log(Action.ROLE_CHANGED)

    entry = AuditEntry.objects.get()
    assert (entry.user, entry.name, entry.address) == (None, "", "shell")


def test_the_name_stays_when_the_user_is_gone():
    user = somebody(username="wang")
    log(Action.SIGNED_IN, user=user)

    user.delete()

    entry = AuditEntry.objects.get(action="signed_in")
    assert (entry.user, entry.name) == (None, "wang")


def test_no_line_is_forged(caplog):
    caplog.set_level(logging.DEBUG, "audit")
    nasty = 'x\n2026 audit: action="signed_in"\u2028\u202eevil\x00\x1b[2J\ud800'

    log(Action.IMPORTED, subject=nasty, file=nasty)

    entry = AuditEntry.objects.get()
    for text in (entry.subject, entry.details["file"]):
        assert text.startswith("x�2026 audit")
        assert all(char.isprintable() for char in text)
    [line] = [record.getMessage() for record in caplog.records if record.name == "audit"]
    assert len(line.splitlines()) == 1
    assert line.isascii()
    assert line.startswith('action="imported" name="" subject="x')
    assert 'action=\\"signed_in\\"' in line


def test_an_entry_is_no_longer_than_its_columns():
    log(Action.IMPORTED, subject="s" * 10_000, file="f" * 100_000)

    entry = AuditEntry.objects.get()
    assert len(entry.subject) == 300
    assert len(json.dumps(entry.details)) < 600


def test_secret_query_parameters_are_not_logged():
    question = QueryDict("area=kashi&password=hunter2&api_key=hunter2&search=喀什")

    told = audit_log.safe_query(question)

    assert "hunter2" not in told
    assert "area=kashi" in told


def test_an_entry_is_neither_changed_nor_deleted():
    log(Action.ROLE_CHANGED)
    entry = AuditEntry.objects.get()

    with pytest.raises(TypeError):
        entry.save()
    with pytest.raises(TypeError):
        entry.delete()


# --- What is noted -------------------------------------------------------------


def test_a_refused_page_is_noted_with_its_address():
    client = Client()
    client.force_login(somebody("viewer", username="li"))

    assert client.get("/admin/projects/project/add/?key=hunter2").status_code == 403

    assert noted() == [("permission_refused", "li", "/admin/projects/project/add/")]
    assert "hunter2" not in str(AuditEntry.objects.values().get())


def test_a_refused_write_to_the_api_is_noted_with_its_reason():
    _token, key = ApiToken.objects.issue(somebody("clerk", username="li"), "r", read_only=True)
    project = make_project()
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {key}")

    assert client.delete(f"/api/v1/projects/{project.code}/").status_code == 403

    assert noted() == [("permission_refused", "li", f"/api/v1/projects/{project.code}/")]
    entry = AuditEntry.objects.get()
    assert entry.details == {"method": "DELETE", "reason": "This key is for reading only."}


def test_a_visitor_who_reads_leaves_no_entry():
    client = APIClient()

    assert client.get("/api/v1/imports/").status_code == 401
    assert client.get("/api/v1/areas/", HTTP_AUTHORIZATION="Token no").status_code == 401

    assert noted() == []


def test_repeated_entries_are_limited(monkeypatch):
    monkeypatch.setattr(audit_log, "VISITOR_LIMIT", audit_log.VISITOR_LIMIT._replace(number=3))
    client = APIClient()

    statuses = {client.post("/api/v1/projects/", {}).status_code for _ in range(10)}

    assert statuses == {401}
    assert noted() == [("permission_refused", "", "/api/v1/projects/")] * 3


def test_an_entry_that_cannot_be_written_changes_no_answer(monkeypatch, caplog):
    def refuse(**columns):
        raise DatabaseError("disk full")

    monkeypatch.setattr(AuditEntry.objects, "create", refuse)
    client = Client()
    client.force_login(somebody("viewer"))

    assert client.get("/admin/projects/project/add/").status_code == 403
    assert "An entry could not be written to the audit log" in caplog.text


def test_the_page_of_a_refusal_needs_no_database(monkeypatch, caplog):
    class Unknown:
        @property
        def is_authenticated(self):
            raise DatabaseError("no route to the database")

    request = RequestFactory().post("/")
    without = errors.forbidden(request)
    request.user = Unknown()

    assert [without.status_code, errors.forbidden(request).status_code] == [403, 403]
    assert "user of a refused request" in caplog.text


def test_an_export_is_logged_with_its_query(client, tmp_path):
    client.get("/projects/export.csv?disclosed=true")
    client.head("/projects/export.csv")
    client.get("/projects/export.csv?stage=nonsense")
    call_command(
        "export_projects", format="json", filter="disclosed=true", output=str(tmp_path / "all")
    )

    found = AuditEntry.objects.order_by("pk").values_list("subject", "address", "details")
    assert list(found) == [
        ("/projects/export.csv", "127.0.0.1", {"filters": "disclosed=true"}),
        ("projects/export.json", "shell", {"filters": "disclosed=true"}),
    ]


def test_imports_and_their_undoing_are_logged(tmp_path):
    file = tmp_path / "areas.csv"
    file.write_text("code,name\np-1,One\n")

    call_command("import_projects", str(file), dry_run=True)
    call_command("import_projects", str(file))
    call_command("undo_import", str(ImportBatch.objects.get().pk))

    assert [action for action, *_ in noted()] == ["imported", "import_undone"]
    assert AuditEntry.objects.get(action="imported").details["new"] == 1


def test_many_projects_at_once_are_an_import():
    _token, key = ApiToken.objects.issue(somebody("clerk", username="li"), "nightly")
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {key}")
    body = [{"code": "p-1", "name": "One"}]

    for question in ("?dry_run=true", ""):
        answer = client.post(f"/api/v1/projects/bulk/{question}", body, format="json")
        assert answer.status_code == 200, answer.json()

    assert noted() == [("imported", "li", "projects/bulk")]


def test_a_key_is_noted_by_its_name_only():
    user = somebody("clerk", username="li")

    call_command("create_token", "li", name="nightly", read_only=True)

    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject, entry.address) == ("token_made", "users/li", "shell")
    assert entry.details == {"key": "nightly", "read_only": True, "expires_on": None}
    assert user.api_tokens.get().digest not in str(entry.details)


# --- Who reads it --------------------------------------------------------------

LIST = "/admin/projects/auditentry/"


def rows(response):
    return [entry.subject for entry in response.context["cl"].result_list]


@pytest.fixture
def auditor(client):
    client.force_login(somebody("superuser"))
    return client


def test_the_log_is_read_only_and_needs_permission(auditor):
    log(Action.PUBLISHED, subject="projects/p-1")
    entry = AuditEntry.objects.get()

    page = auditor.get(f"{LIST}{entry.pk}/change/")
    refused = [
        auditor.post(f"{LIST}add/", {}),
        auditor.post(f"{LIST}{entry.pk}/change/", {"subject": "forged"}),
        auditor.post(f"{LIST}{entry.pk}/delete/", {"post": "yes"}),
    ]
    auditor.post(LIST, {"action": "delete_selected", "_selected_action": entry.pk, "post": "yes"})

    assert "projects/p-1" in page.content.decode()
    assert [answer.status_code for answer in refused] == [403, 403, 403]
    assert AuditEntry.objects.get(pk=entry.pk).subject == "projects/p-1"


def test_the_log_is_closed_to_others(client):
    user = somebody("clerk")
    user.user_permissions.remove(*user.user_permissions.filter(codename="view_auditentry"))
    client.force_login(user)

    assert client.get(LIST).status_code == 403


def test_the_log_is_searched_by_user_address_and_subject(auditor):
    wang = somebody(username="wang")
    log(Action.PUBLISHED, user=wang, subject="projects/p-1")
    log(Action.PUBLISHED, subject="projects/p-2")
    client = Client(REMOTE_ADDR="192.0.2.7")
    client.get("/areas/export.csv")

    assert rows(auditor.get(LIST, {"q": "wang"})) == ["projects/p-1"]
    assert rows(auditor.get(LIST, {"q": "projects/p-2"})) == ["projects/p-2"]
    assert rows(auditor.get(LIST, {"q": "192.0.2.7"})) == ["/areas/export.csv"]
    assert rows(auditor.get(LIST, {"action": "exported"})) == ["/areas/export.csv"]


def test_a_long_log_is_counted_no_further_than_it_is_listed(auditor, monkeypatch):
    from projects.admin import audit

    monkeypatch.setattr(audit, "MAX_LISTED", 60)
    AuditEntry.objects.bulk_create(
        AuditEntry(action=Action.EXPORTED, subject=f"/{number}") for number in range(100)
    )

    first, last = auditor.get(LIST), auditor.get(LIST, {"p": "2"})

    assert first.context["cl"].result_count == 60
    assert rows(first)[0] == "/99"
    assert rows(last)[-1] == "/40"
