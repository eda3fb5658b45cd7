import csv
import io
import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from python_calamine import CalamineWorkbook

from projects import exports
from projects.models import Project
from tests.factories import make_area, make_enterprise, make_project, make_receipt

pytestmark = pytest.mark.django_db


def run(noun="projects", **options):
    """What the command writes to standard output."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    call_command(f"export_{noun}", stdout=out, **options)
    return out.buffer.getvalue()


def codes(data):
    lines = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    return [line["code"] for line in lines]


@pytest.fixture
def records():
    kashi = make_area(code="kashi")
    make_project(code="a", name="喀什", area=kashi)
    make_project(code="b", area=kashi, stage="intended")
    make_project(code="c")
    make_enterprise(code="e", area=kashi)


def test_the_filter_is_the_query_string_of_the_list(records):
    assert codes(run(format="csv", filter="area=kashi&stage=signed")) == ["a"]
    assert codes(run(format="csv", filter="?ordering=-code")) == ["c", "b", "a"]
    assert codes(run("enterprises", format="csv", filter="area=kashi")) == ["e"]


@pytest.mark.parametrize("form", ["csv", "json"])
def test_it_writes_what_the_page_answers(client, records, form):
    answer = b"".join(client.get(f"/projects/export.{form}?area=kashi").streaming_content)

    assert run(format=form, filter="area=kashi") == answer


def test_receipts_go_out_with_their_ids(records):
    receipt = make_receipt(Project.objects.get(code="a"))
    make_receipt(Project.objects.get(code="b"))

    data = run("receipts", format="csv", filter="project=a")

    (row,) = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    assert (row["id"], row["project"], row["amount"]) == (str(receipt.pk), "a", "100000.00")
    with pytest.raises(CommandError, match="stage: Unknown parameter"):
        run("receipts", format="csv", filter="stage=signed")


def test_xlsx_goes_to_standard_output_as_well(records):
    data = run(format="xlsx", filter="area=kashi")

    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    assert [row[0] for row in book.get_sheet_by_name("projects").to_python()] == ["code", "a", "b"]


def test_standard_output_that_is_text_takes_text_only(records):
    out = io.StringIO()

    call_command("export_projects", format="json", stdout=out)

    assert [project["code"] for project in json.loads(out.getvalue())] == ["a", "b", "c"]
    with pytest.raises(CommandError, match="--output"):
        call_command("export_projects", format="xlsx", stdout=io.StringIO())


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("area=nowhere", "area: There is no record with the code “nowhere”"),
        ("colour=red", "colour: Unknown parameter “colour”"),
        ("page=2", "page: Files contain all records"),
    ],
)
def test_an_invalid_filter_is_reported_and_nothing_is_written(tmp_path, asked, said):
    file = tmp_path / "projects.csv"

    with pytest.raises(CommandError, match=said):
        call_command("export_projects", format="csv", filter=asked, output=str(file))

    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
def test_a_file_is_replaced_by_the_whole_new_one(tmp_path, records, form):
    file = tmp_path / f"projects.{form}"
    file.write_text("old")
    before = os.umask(0o022)

    call_command("export_projects", format=form, output=str(file))

    os.umask(before)
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
    assert file.read_bytes()[:2] in (b"\xef\xbb", b"PK", b"[\n")
    assert stat.S_IMODE(file.stat().st_mode) == 0o644


@pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
def test_a_file_stays_as_it_was_where_writing_breaks_off(tmp_path, records, monkeypatch, form):
    file = tmp_path / "projects"
    file.write_text("old")

    def broken(export, filterset):
        yield from ()
        raise RuntimeError

    monkeypatch.setattr(exports.RecordsExport, "objects", broken)
    with pytest.raises(RuntimeError):
        call_command("export_projects", format=form, output=str(file))

    assert file.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["projects"]


@pytest.mark.parametrize("place", ["nowhere/projects.csv", "file/projects.csv", "folder"])
def test_an_unwritable_path_is_named(tmp_path, place):
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()

    with pytest.raises(CommandError, match=f"{place}” cannot be written"):
        call_command("export_projects", format="csv", output=str(tmp_path / place))


def test_a_reader_that_closes_the_pipe_is_no_error(tmp_path, migrated_file):
    shutil.copy(migrated_file, tmp_path / "register.sqlite3")
    environment = os.environ | {
        "DEBUG": "true",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'register.sqlite3'}",
    }
    manage = [sys.executable, "manage.py"]
    root = Path(__file__).parents[2]
    reading, writing = os.pipe()
    os.close(reading)

    ended = subprocess.run(
        [*manage, "export_projects", "--format=csv"],
        cwd=root,
        env=environment,
        stdout=writing,
        stderr=subprocess.PIPE,
    )

    os.close(writing)
    assert (ended.returncode, ended.stderr) == (0, b"")
