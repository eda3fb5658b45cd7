import io
import json
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from projects import history
from projects.models import BatchState, Enterprise, ImportBatch, Project
from tests.factories import make_area, make_project

pytestmark = pytest.mark.django_db


def run(name, *arguments):
    """What a command says on either channel, and whether it fails."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command(name, *map(str, arguments), stdout=out, stderr=err)
    except CommandError as error:
        return out.getvalue(), err.getvalue(), str(error)
    return out.getvalue(), err.getvalue(), None


@pytest.fixture
def file(tmp_path):
    def write(text, name="file.csv"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


def test_rows_are_counted_by_result(file):
    make_project(code="a", name="A"), make_project(code="b", name="B")

    out, err, failure = run("import_projects", file("code,name\na,A\nb,Other\nc,C\n"))

    assert (err, failure) == ("", None)
    assert out.splitlines()[1:] == ["new: 1", "changed: 1", "unchanged: 1", "errors: 0"]


def test_errors_are_reported_on_standard_error(file):
    out, err, failure = run("import_projects", file('code,name,amount\na,A,5\nb,B,"1.234,50"\n'))

    assert failure == "1 error."
    assert "errors: 1" in out
    assert "Nothing was written." in out
    assert err.startswith("row 3, amount, “1.234,50”: ")
    assert not Project.objects.exists()


def test_a_dry_run_is_reported_and_writes_nothing(file):
    out, _err, failure = run("import_projects", file("code,name\na,A\n"), "--dry-run")

    assert failure is None
    assert "new: 1" in out
    assert "Dry run: nothing was written." in out
    assert not Project.objects.exists()


def test_partial_writes_valid_rows_and_still_fails(file):
    _out, err, failure = run(
        "import_projects", file("code,name,amount\na,A,5\nb,B,lots\n"), "--partial"
    )

    assert failure == "1 error."
    assert "row 3, amount, “lots”" in err
    assert [project.code for project in Project.objects.all()] == ["a"]


def test_several_files_are_each_written_whole_or_not_at_all(file):
    make_area(code="kashi")

    _out, err, failure = run(
        "import_enterprises",
        file("code,name,area\na,A,kashi\n", "one.csv"),
        file("code,name,area\nb,B,nowhere\nc,C,kashi\n", "two.csv"),
    )

    assert failure == "1 error."
    assert "nowhere" in err
    assert [enterprise.code for enterprise in Enterprise.objects.all()] == ["a"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["missing.csv"], "missing.csv: “missing.csv” cannot be read: No such file"),
        (["missing.csv", "--mapping", "missing.toml"], "missing.toml: “missing.toml” cannot be"),
    ],
)
def test_a_missing_file_is_reported(arguments, sentence):
    _out, _err, failure = run("import_projects", *arguments)

    assert failure.startswith(sentence)


def test_the_effects_of_a_mapping_are_reported(file):
    mapping = file(
        json_as_toml({"Id": {"field": "code", "leave_out": ["x"]}, "Title": {"field": "name"}})
        + '[columns."Where"]\nfield = "area"\nfind = true\nmake = { zone = "z" }\n'
        '[[records.zones]]\ncode = "z"\nname = "Z"\n',
        "mapping.toml",
    )
    table = file("Id,Title,Where\na,A,Kashi\nx,X,Kashi\n")

    out, _err, failure = run("import_projects", table, "--mapping", mapping, "-v2")

    assert failure is None
    assert "left out by the mapping: 1" in out
    assert "created by the mapping: 1 × zone, 1 × area" in out
    assert "row 3, Id, “x”: The mapping leaves out rows with this value." in out


def json_as_toml(columns):
    return "".join(
        f'[columns."{heading}"]\n'
        + "".join(f"{name} = {json.dumps(value)}\n" for name, value in options.items())
        for heading, options in columns.items()
    )


def test_progress_is_shown_for_a_long_file(file, monkeypatch):
    monkeypatch.setattr("projects.imports.pipeline.WRITTEN_AT_ONCE", 500)
    rows = "".join(f"p{number},P\n" for number in range(600))

    _out, err, _failure = run("import_projects", file(f"code,name\n{rows}"))

    assert err.splitlines() == ["checked 500 of 600", "checked 600 of 600"]


def test_a_written_file_is_kept_and_can_be_undone(file):
    make_project(code="a", name="A", amount=Decimal("5.00"))

    run("import_projects", file("code,name,amount\na,A,7\nb,B,\n", "signed.csv"))

    batch = ImportBatch.objects.get()
    assert (batch.file_name, batch.state, batch.user) == ("signed.csv", BatchState.WRITTEN, None)
    assert (batch.counts["new"], batch.counts["changed"]) == (1, 1)
    assert str(batch.pk) in run("undo_import")[0]

    out, _err, failure = run("undo_import", batch.pk)

    assert (out, failure) == ("Undone: 2 records.\n", None)
    assert [(project.code, project.amount) for project in Project.objects.all()] == [("a", 5)]
    assert run("undo_import", batch.pk)[2] == "Only an import that has been written can be undone."
    assert run("undo_import", 99)[2] == "There is no import with the number 99."


def test_records_edited_since_are_kept_and_listed(file):
    run("import_projects", file("code,name\na,A\nb,B\n"))
    project = Project.objects.get(code="b")
    project.note = "Looked into"
    history.save(project)

    out, _err, _failure = run("undo_import", ImportBatch.objects.get().pk)

    assert "Kept: row 3, b: B. It has been edited since the import." in out
    assert [project.code for project in Project.objects.all()] == ["b"]


def test_a_file_that_changes_nothing_is_not_kept(file):
    make_project(code="a", name="A")

    run("import_projects", file("code,name\na,A\n"))
    run("import_projects", file("code,name\nb,B\n"), "--dry-run")
    run("import_projects", file("code,name,amount\nb,B,lots\n"))

    assert not ImportBatch.objects.exists()
