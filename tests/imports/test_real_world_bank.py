"""Imports of the World Bank's projects give the figures that it published."""

import csv
import re
from collections import Counter
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command

from projects.models import Area, BatchState, ImportBatch, Project, Sector, Stage
from tests.factories import make_user
from tests.helpers.real_files import DATA, MAPPINGS, answer, counts, load, part

WORLD_BANK = DATA / "worldbank" / "wb_projects_2024-08-29.csv"
WORLD_BANK_2005 = DATA / "worldbank" / "2005_WB_Projects_1_500_downloaded_9_22_2022.xlsx"
# Approved from 2022-07-01 to 2023-06-30 and not dropped, which is what the Bank published.
SOUTH_ASIA_2023 = "area=south-asia&signed_after=2022-07-01&signed_before=2023-06-30"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not WORLD_BANK.exists() or not WORLD_BANK_2005.exists(),
        reason="the World Bank's files are not beside the project",
    ),
]


def rows_of(file):
    with file.open(encoding="utf-8", newline="") as content:
        return list(csv.DictReader(content))


@pytest.fixture(params=["a part", pytest.param("the whole", marks=pytest.mark.chaos)])
def file(request, tmp_path):
    """The whole file, or all of South Asia in the published year and every 200th row."""
    if request.param == "the whole":
        return WORLD_BANK
    with WORLD_BANK.open(encoding="utf-8", newline="") as file:
        columns = {name: place for place, name in enumerate(next(csv.reader(file)))}
    region, approved = columns["regionname"], columns["boardapprovaldate"]

    def keep(number, row):
        published = row[region] == "South Asia" and "2022-07" <= row[approved] < "2023-07"
        return published or number % 200 == 0

    return part(WORLD_BANK, tmp_path, keep)


def test_the_command_gives_the_published_sum_of_south_asia_and_refuses_empty_rows(
    client, settings, file
):
    """Imports the file, compares with its rows, and imports it again."""
    settings.BASE_CURRENCY = "USD"
    rows = rows_of(file)
    refused = [row for row in rows if not row["projectstatusdisplay"]]
    dropped = [row for row in rows if row["projectstatusdisplay"] == "Dropped"]
    good = [row for row in rows if row not in refused and row not in dropped]

    output, errors = load("import_projects", file, mapping="worldbank_csv.toml")

    assert (counts(output, "errors"), Project.objects.count()) == (len(refused), 0)

    output, errors = load("import_projects", file, mapping="worldbank_csv.toml", partial=True)

    *faults, end = errors.splitlines()
    assert end == f"{len(refused)} errors."
    assert len(faults) == len({fault.partition(",")[0] for fault in faults}) == len(refused)
    reason = re.compile(r"row \d+, projectstatusdisplay: .+ requires a value here$")
    assert all(map(reason.match, faults))
    assert counts(output, "new") == len(good)
    assert counts(output, "left out by the mapping") == len(dropped)
    stages = {"Active": Stage.SIGNED, "Closed": Stage.SIGNED, "Pipeline": Stage.INTENDED}
    assert dict(Project.objects.values_list("code", "stage")) == {
        row["id"]: stages[row["projectstatusdisplay"]] for row in good
    }
    amounts = dict(Project.objects.values_list("code", "amount"))
    assert amounts == {row["id"]: Decimal(row["curr_total_commitment"]) for row in good}
    named = {row[name].casefold() for row in good for name in ("sector1", "sector2", "sector3")}
    assert Sector.objects.count() == len(named - {""})
    assert set(Area.objects.values_list("name", flat=True)) == {
        row["regionname"] for row in good if row["regionname"]
    }

    found = answer(client, f"/api/v1/totals/?by=area&{SOUTH_ASIA_2023}")
    assert (found["total"]["projects"], found["total"]["amount"]) == (37, "10091330000.00")
    assert (found["total"]["undisclosed"], found["total"]["left_out"]) == (0, 0)
    listed = answer(client, f"/api/v1/projects/?basis=contracted&page_size=100&{SOUTH_ASIA_2023}")
    assert listed["count"] == 37
    assert sum(Decimal(one["amount"]) for one in listed["results"]) == Decimal("10091330000")
    whole = answer(client, "/api/v1/totals/?by=sector")
    assert sum(Decimal(row["amount"]) for row in whole["rows"]) == Decimal(whole["total"]["amount"])
    contracted = [row for row in good if row["projectstatusdisplay"] != "Pipeline"]
    assert Decimal(whole["total"]["amount"]) == sum(
        Decimal(row["curr_total_commitment"]) for row in contracted
    )

    output, _errors = load("import_projects", file, mapping="worldbank_csv.toml", partial=True)

    assert (counts(output, "new"), counts(output, "changed")) == (0, 0)
    assert counts(output, "unchanged") == Project.history.count() == len(good)


def test_the_file_has_as_many_rows_as_was_published():
    rows = rows_of(WORLD_BANK)

    assert len(rows) == 22_569
    assert sum(not row["projectstatusdisplay"] for row in rows) == 1_776


def test_a_workbook_with_a_title_and_two_date_formats_is_read(client, settings):
    settings.BASE_CURRENCY = "USD"

    output, errors = load("import_projects", WORLD_BANK_2005, mapping="worldbank_xlsx.toml")

    assert errors == ""
    assert (counts(output, "new"), counts(output, "left out by the mapping")) == (439, 48)
    assert Counter(Project.objects.values_list("stage", flat=True)) == {
        "signed": 435,
        "intended": 4,
    }
    project = Project.objects.get(code="P070700")
    assert (project.name, project.signed_on, project.amount, project.currency) == (
        "Integrated Management of Critical Ecosystems Project",
        date(2005, 6, 30),
        Decimal("5300000.00"),
        "USD",
    )
    assert project.description.startswith("Country: Republic of Rwanda\nTo promote")
    # In the order of the file's columns.
    assert [line.partition(": ")[0] for line in project.note.splitlines()] == [
        "Page",
        "Closing date",
        "Cost of the project in US dollars",
    ]
    assert "Grant in US dollars: 29,500,000" in Project.objects.get(code="P075994").note
    assert list(project.shares.values_list("sector__name", "share")) == [
        ("Central Government (Central Agencies)", None),
        ("Sub-National Government", None),
        ("Other Agriculture, Fishing and Forestry", None),
    ]

    output, _errors = load("import_projects", WORLD_BANK_2005, mapping="worldbank_xlsx.toml")

    assert counts(output, "unchanged") == Project.history.count() == 439


def upload(client, file, mapping):
    """Upload a file with its mapping on the page, and have a worker validate it."""
    client.force_login(make_user("superuser"))
    with file.open("rb") as content, (MAPPINGS / mapping).open("rb") as mapping_file:
        sent = {"file": content, "mapping": mapping_file, "noun": "projects"}
        assert client.post("/import/", sent).status_code == 302
    call_command("work", once=True, verbosity=0)
    return ImportBatch.objects.get()


def publish(client, batch, **form):
    assert client.post(f"/import/{batch.pk}/approve/", form).status_code == 302
    call_command("work", once=True, verbosity=0)
    batch.refresh_from_db()
    assert batch.state == BatchState.WRITTEN, batch.message


def test_the_page_imports_the_file_lists_refused_rows_and_undoes_the_import(client, settings, file):
    settings.BASE_CURRENCY = "USD"
    status = Counter(row["projectstatusdisplay"] for row in rows_of(file))

    batch = upload(client, file, "worldbank_csv.toml")

    assert batch.state == BatchState.PREVIEWED
    new = status.total() - status[""] - status["Dropped"]
    assert (batch.counts["refused"], batch.counts["new"]) == (status[""], new)
    last = (status[""] - 1) // 50 + 1
    page = client.get(f"/import/{batch.pk}/?status=refused&page={last}").content.decode()
    assert "projectstatusdisplay" in page
    refused = client.get(f"/import/{batch.pk}/refused.csv")
    lines = b"".join(refused.streaming_content).decode("utf-8-sig")
    assert len(list(csv.DictReader(StringIO(lines)))) == status[""]
    assert not Project.objects.exists()
    publish(client, batch, partial="true")

    assert Project.objects.count() == new
    found = answer(client, f"/api/v1/totals/?by=area&{SOUTH_ASIA_2023}")
    assert (found["total"]["projects"], found["total"]["amount"]) == (37, "10091330000.00")
    if file != WORLD_BANK:
        # Of the whole file, a record at a time, it would take long.
        assert client.post(f"/import/{batch.pk}/undo/").status_code == 302
        assert not Project.objects.exists()


@pytest.mark.chaos
def test_the_page_imports_the_workbook_as_the_command_does(client, settings):
    settings.BASE_CURRENCY = "USD"

    batch = upload(client, WORLD_BANK_2005, "worldbank_xlsx.toml")

    assert (batch.state, batch.counts["new"], batch.counts["left_out"]) == (
        BatchState.PREVIEWED,
        439,
        48,
    )
    publish(client, batch)
    assert Project.objects.count() == 439
    assert client.post(f"/import/{batch.pk}/undo/").status_code == 302
    assert not Project.objects.exists()
