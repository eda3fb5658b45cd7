"""The table of commands of docs/access.md: what each does, run by any user of the machine."""

import re
from io import StringIO

import pytest
from django.core.management import call_command

from projects.models import ApiToken, Project, Receipt, Source
from tests.factories import make_enterprise, make_project, make_receipt, make_source, make_user
from tests.helpers.access_tables import table
from tests.helpers.capabilities_of_accounts import written_by
from tests.helpers.submissions import OFFICE, rows

pytestmark = pytest.mark.django_db

ROWS = table("Commands")
SAID = {name: row["Result"] for row in ROWS for name in re.findall(r"`(\w+)`", row["Command"])}
FILES = {
    "import_enterprises": "code,name\nnew,New\n",
    "import_projects": "code,name\nnew,New\n",
    "import_receipts": "project,received_on,amount\nstands,2023-12-01,1.00\n",
    "import_rates": (
        "from_currency,to_currency,rate,quoted_on,source\nUSD,CNY,7.1,2023-11-01,press\n"
    ),
}


def run(name, *arguments, **options):
    out = StringIO()
    call_command(name, *arguments, stdout=out, **options)
    return out.getvalue()


@pytest.mark.parametrize("name", FILES)
def test_records_of_a_file_are_published(name, tmp_path):
    make_project(code="stands"), make_source(code="press")
    path = tmp_path / "list.csv"
    path.write_text(FILES[name])

    run(name, str(path), verbosity=0)

    assert SAID[name] == "published"
    found = [
        record
        for model in (Project, Receipt)
        for record in model.objects.all()
        if model is Receipt or record.code == "new"
    ]
    for record in found:
        assert (record.state, rows(record)) == ("published", [("+", None, OFFICE)])


def test_the_sample_is_published():
    run("load_sample")

    assert SAID["load_sample"] == "published"
    assert set(Project.objects.values_list("state", flat=True)) == {"published"}
    assert set(Source.objects.values_list("state", flat=True)) == {"published"}


@pytest.mark.parametrize("noun", ["enterprises", "projects", "receipts"])
def test_an_export_has_published_records_only(noun):
    for state in ("draft", "published"):
        make_enterprise(code=f"e-{state}", state=state)
        project = make_project(code=f"p-{state}", state=state)
        make_receipt(project, note=f"r-{state}", state=state)
    make_receipt(Project.objects.get(code="p-published"), note="r-draft", state="draft")

    text = run(f"export_{noun}", format="csv")

    assert SAID[f"export_{noun}"] == "what the public sees"
    assert "-published" in text
    assert "-draft" not in text


def test_an_import_of_any_user_is_undone():
    batch = written_by(make_user("superuser"))
    assert Project.objects.get().state == "published"

    run("undo_import", str(batch.pk))

    assert SAID["undo_import"] == "published records are undone as well"
    assert not Project.objects.exists()


def test_a_key_of_any_user_is_created():
    user = make_user("viewer")

    run("create_token", user.username, "--name", "theirs")

    assert SAID["create_token"] == "a key for any user"
    assert ApiToken.objects.get().user == user


def test_drafts_are_checked():
    make_project(code="draft", state="draft")

    assert SAID["check_data"] == "drafts are checked as well"
    assert "draft" in run("check_data")


def test_every_command_of_the_table_is_tried():
    tried = {*FILES, "load_sample", "undo_import", "create_token", "check_data"}

    assert SAID.keys() == tried | {f"export_{n}" for n in ("enterprises", "projects", "receipts")}
