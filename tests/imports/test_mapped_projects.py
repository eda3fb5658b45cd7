"""Projects from files with headings and values of others, read through a mapping."""

from decimal import Decimal

import pytest

from projects.models import Area, Project, Sector, Source, Zone
from tests.factories import make_area
from tests.imports.test_projects import errors, import_text, statuses

pytestmark = pytest.mark.django_db

MAPPED = {
    "ignored": ["Remark"],
    "constants": {"currency": "USD", "sources": ["press"]},
    "records": {
        "sources": [{"code": "press", "title": "The press"}],
        "zones": [{"code": "world", "name": "The world"}],
    },
    "columns": {
        "Id": {"field": "code", "prefix": "wb-"},
        "Title": "name",
        "Status": {"field": "stage", "values": {"Active": "signed"}, "leave_out": ["Dropped"]},
        "Country": {"field": "area", "find": True, "make": {"zone": "world"}},
        "Sector 1": {"field": "sectors", "find": True, "make": {}, "sentence_case": True},
        "Sector 2": {"field": "sectors", "find": True, "make": {}, "sentence_case": True},
        "Amount": {"field": "amount", "round": 2},
        "Approved": "signed_on",
        "Started": {"field": "started_on", "not_before": ["signed_on"]},
    },
}
HEADINGS = "Id,Title,Status,Country,Sector 1,Sector 2,Amount,Approved,Started,Remark\n"


def test_other_peoples_headings_are_read_through_a_mapping():
    angola = make_area(code="ao", name="Angola")

    report = import_text(
        HEADINGS + "1,One,Active,ANGOLA,ENERGY,WATER,15087226.6044798,2001-05-23,2001-05-17,x\n"
        "2,Two,Active,刚果,ENERGY,,,2002-01-01,2002-02-02,\n"
        "3,Three,Dropped,Chad,ENERGY,,5,2003-01-01,,\n",
        MAPPED,
    )

    assert (report.errors, statuses(report)) == ((), [2, 0, 0])
    one, two = Project.objects.order_by("code")
    assert (one.code, one.area, one.stage, one.currency) == ("wb-1", angola, "signed", "USD")
    assert (one.amount, one.amount_text) == (Decimal("15087226.60"), "15087226.6044798")
    assert [share.sector.name for share in one.shares.all()] == ["Energy", "Water"]
    assert (one.started_on, str(two.started_on)) == (None, "2002-02-02")
    assert one.note.startswith("Started: 2001-05-17 is before “Approved” (2001-05-23)")
    assert (two.area.name_zh, two.area.code, two.area.zone.code) == ("刚果", "gangguo", "world")
    assert [(f.row, f.column, f.value) for f in report.excluded] == [(4, "Status", "Dropped")]
    assert [(f.row, f.column, f.value) for f in report.emptied] == [(2, "Started", "2001-05-17")]
    assert report.created == {Source: 1, Zone: 1, Area: 1, Sector: 2}
    assert [sector.history.count() for sector in Sector.objects.all()] == [1, 1]
    # Chad was named by no row that is written.
    assert not Area.objects.filter(name="Chad").exists()


def test_a_second_time_through_the_mapping_changes_nothing():
    file = HEADINGS + "1,One,Active,Angola,ENERGY,WATER,1.005,2001-05-23,2001-05-17,\n"
    import_text(file, MAPPED)

    report = import_text(file, MAPPED)

    assert (statuses(report), report.created) == ([0, 0, 1], {})


def test_a_dry_run_creates_nothing():
    import_text(HEADINGS + "1,One,Active,Angola,ENERGY,,,,,\n", MAPPED, dry_run=True)

    assert not any(model.objects.exists() for model in (Project, Area, Zone, Sector, Source))


def test_unmapped_values_are_reported_with_the_heading_of_the_file():
    report = import_text(
        HEADINGS + "1,One,Closed,Angola,,,lots,23/05/2001,,\n,,Active,,,,,,,\n", MAPPED
    )

    assert errors(report) == [
        (2, "Status", "Closed"),
        (2, "Amount", "lots"),
        (2, "Approved", "23/05/2001"),
        (3, "Id", ""),
    ]


def test_an_ambiguous_name_needs_the_code():
    make_area(code="a1", name="Angola"), make_area(code="a2", name="angola")

    report = import_text(HEADINGS + "1,One,Active,Angola,,,,,,\n", MAPPED)

    assert errors(report) == [(2, "Country", "Angola")]
    assert "(a1, a2)" in report.errors[0].reason


def test_records_are_found_by_other_names_but_not_by_sound():
    kashi = make_area(code="kashi", name="Kashi", name_zh="喀什片区", aliases="Kashgar\n喀什")

    import_text(
        HEADINGS
        + "1,One,Active,kashgar,,,,,,\n2,Two,Active,喀什,,,,,,\n3,Three,Active,KASHI,,,,,,\n",
        MAPPED,
    )

    assert {project.area for project in Project.objects.all()} == {kashi}


def test_unknown_names_are_not_created_by_default():
    mapping = {"columns": {"code": "code", "name": "name", "Area": {"field": "area", "find": True}}}

    report = import_text("code,name,Area\na,A,Atlantis\n", mapping)

    assert errors(report) == [(2, "Area", "Atlantis")]


def test_the_unit_of_the_heading_applies_to_plain_numbers_only():
    unit = {"field": "amount", "unit": 10_000}
    mapping = {"columns": {"code": "code", "name": "name", "总投资（万元）": unit}}

    report = import_text(
        "code,name,总投资（万元）\na,A,5000\nb,B,1.2亿元\nc,C,约300\nd,D,-\n", mapping
    )

    assert errors(report) == [(5, "总投资（万元）", "-")]
    mended = import_text("code,name,总投资（万元）\na,A,5000\nb,B,1.2亿元\nc,C,约300\n", mapping)
    assert mended.errors == ()
    assert [(p.amount, p.qualifier) for p in Project.objects.order_by("code")] == [
        (50_000_000, "exact"),
        (120_000_000, "exact"),
        (3_000_000, "about"),
    ]


@pytest.mark.parametrize(
    ("mapping", "column"),
    [
        ({"columns": {"code": "kode"}}, "code"),
        ({"columns": {"code": "code", "Title": "name"}}, "Title"),
        ({"columns": {"code": "code"}, "constants": {"version": 5}}, "version"),
        ({"columns": {"code": "code"}, "constants": {"colour": "red"}}, "colour"),
        (
            {"columns": {"code": "code"}, "records": {"areas": [{"code": "a", "name": "A"}]}},
            "records.areas.zone",
        ),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused(mapping, column):
    report = import_text("code\na\n", mapping)

    assert column in [error.column for error in report.errors]
    assert not report.written
