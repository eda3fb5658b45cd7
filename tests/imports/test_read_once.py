"""A file is parsed once a step, and read from the disk once."""

from pathlib import Path

import pytest
from django.core.management import call_command

from projects import history
from projects.models import BatchState, ImportBatch
from projects.spreadsheets import reading
from tests.factories import make_enterprise, make_project, make_user
from tests.helpers.import_pages import SIGNING_LIST, bring, file_of, previewed, send_mapping, step

pytestmark = pytest.mark.django_db

MAPPING = b'ignored = ["Other"]\n[columns]\ncode = "code"\nname = "name"\n'


@pytest.fixture
def parses(monkeypatch):
    """How often a file has been parsed since this was last called."""
    stock, found = reading.read_text, []

    def counted(*args):
        found.append(args)
        return stock(*args)

    def taken():
        count = len(found)
        found.clear()
        return count

    monkeypatch.setattr(reading, "read_text", counted)
    return taken


@pytest.fixture(autouse=True)
def office(client):
    client.force_login(make_user("superuser"))


def test_the_steps_of_a_file_parse_it_once_each(client, parses):
    batch = bring(client, SIGNING_LIST)
    assert parses() == 1

    # The form and what is sent of it, which also checks the file.
    send_mapping(client, batch)
    assert (batch.state, parses()) == (BatchState.PREVIEWED, 2)

    step(client, batch, "check")
    assert (batch.state, parses()) == (BatchState.PREVIEWED, 1)

    step(client, batch, "approve", partial="1")
    assert (batch.state, parses()) == (BatchState.WRITTEN, 1)


def test_an_upload_with_a_mapping_parses_the_file_once(client, parses):
    content = "code,name,Other\na,A,x\n"

    batch = bring(client, content, mapping=file_of(MAPPING, "mapping.toml"))

    assert (batch.state, parses()) == (BatchState.PREVIEWED, 1)


def test_a_decision_about_a_name_parses_the_file_once(client, parses):
    make_enterprise(code="xingda", name="", name_zh="新疆兴达纺织有限责任公司")
    batch = previewed(client, "项目编号,项目名称,投资方\na,纺织项目,新疆兴达纺织有限公司\n")
    parses()

    step(client, batch, "decide", **{"name-0": "xingda"})

    assert (batch.undecided, parses()) == ([], 1)


def test_a_commit_that_makes_a_new_preview_parses_the_file_once(client, parses):
    project = make_project(code="a", name="A")
    batch = previewed(client, "code,name\na,B\n")
    project.name = "C"
    history.save(project)
    parses()

    step(client, batch, "approve")

    assert (batch.state, parses()) == (BatchState.PREVIEWED, 1)


def test_pages_of_a_checked_file_parse_nothing(client, parses):
    batch = previewed(client, SIGNING_LIST)
    parses()

    assert client.get(f"/import/{batch.pk}/").status_code == 200
    assert client.get("/import/").status_code == 200

    assert parses() == 0


def test_a_command_reads_and_parses_the_file_once(tmp_path, monkeypatch, parses):
    stock, reads = Path.read_bytes, []
    monkeypatch.setattr(Path, "read_bytes", lambda path: reads.append(path) or stock(path))
    path = tmp_path / "list.csv"
    path.write_text("code,name\na,A\n")

    call_command("import_projects", str(path), verbosity=0)

    assert ImportBatch.objects.get().file_name == "list.csv"
    assert (reads, parses()) == ([path], 1)
