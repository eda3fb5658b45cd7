"""Imports that wait for a worker, are at work, were interrupted or cancelled."""

import pytest

from projects.imports import batches, workers
from projects.models import BatchState, ImportBatch
from tests.helpers.import_pages import SIGNING_LIST, bring, page_of, previewed, step, written
from tests.helpers.page_parser import read

pytestmark = pytest.mark.django_db


def test_a_large_file_waits_for_a_worker_and_its_page_reloads(client, office, monkeypatch):
    monkeypatch.setattr(batches, "AT_ONCE", 1)
    batch = bring(client, "code,name\na,A\nb,B\n")
    step(client, batch, "check")
    assert batch.state == BatchState.QUEUED

    answer = client.get(f"/import/{batch.pk}/")
    page = read(answer.content.decode())

    assert answer["Refresh"] == "2"
    assert "Waiting to be checked." in page.text
    assert "No worker process seems to be running" not in page.text
    assert "value" not in page.one("progress").attributes


def test_progress_is_shown_in_rows(client, office):
    batch = bring(client, "code,name\na,A\n")
    ImportBatch.objects.update(
        state=BatchState.CHECKING, worker=workers.worker_name(), done=1500, total=10000
    )

    page = page_of(client, batch)

    assert "Checked 1,500 of 10,000 rows." in page.text
    bar = page.one("progress")
    assert (bar.attributes["value"], bar.attributes["max"]) == ("1500", "10000")


def test_a_missing_worker_is_reported_with_the_command_to_start_one(client, office, monkeypatch):
    monkeypatch.setattr(batches, "AT_ONCE", 0)
    batch = bring(client, "code,name\na,A\n")
    step(client, batch, "check")
    ImportBatch.objects.update(heartbeat_at=batch.heartbeat_at - workers.PICKED_UP_WITHIN)

    page = page_of(client, batch)

    assert "No worker process seems to be running" in page.text
    assert page.one("code").text == "manage.py work"


def test_interrupted_work_is_detected_and_can_be_repeated(client, office):
    batch = bring(client, "code,name\na,A\n")
    step(client, batch, "check")
    host = workers.worker_name().rpartition(":")[0]
    ImportBatch.objects.update(state=BatchState.CHECKING, worker=f"{host}:999999999")

    page = page_of(client, batch)
    assert "was interrupted, and nothing was written" in page.text

    step(client, batch, "check")
    assert batch.state == BatchState.PREVIEWED


def test_an_import_can_be_cancelled_in_any_state_until_it_is_written(client, office):
    for batch in (bring(client, SIGNING_LIST), previewed(client, "code,name\na,A\n")):
        assert step(client, batch, "cancel").status_code == 302
        assert batch.state == BatchState.CANCELLED
        assert "was cancelled" in page_of(client, batch).text

    answer = step(client, written(client, "code,name\na,A\n"), "cancel")
    page = read(answer.content.decode())
    assert answer.status_code == 409
    assert "State of the import: written." in page.one("div", class_="errors").text


def test_unknown_parameters_are_refused(client, office):
    batch = bring(client, "code,name\na,A\n")
    step(client, batch, "cancel")

    assert "colour" in page_of(client, batch, "?colour=red", 400).one(class_="errors").text
