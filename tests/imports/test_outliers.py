"""Amounts of a file that are far off are told with the likely slip, and written all the same."""

from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects import data_quality
from projects.imports import batches, import_table, undo
from projects.imports.mapping import mapping_of
from projects.models import BatchState, Project, Receipt, RowStatus
from projects.money.unit_errors import MIN_PEERS
from projects.spreadsheets.reading import read
from tests.factories import (
    make_area,
    make_headline,
    make_project,
    make_receipt,
    make_sector,
    make_source,
    make_user,
)

pytestmark = pytest.mark.django_db

MILLION = Decimal("1000000.00")


@pytest.fixture
def trade():
    """A sector whose projects are of a hundred million each."""
    trade = make_sector(code="trade", name="Trade")
    for _ in range(MIN_PEERS):
        make_project(amount=100 * MILLION, sectors=[trade])
    return trade


def doubted(text, noun="projects", **options):
    """The rows that are doubted, with what is said of them."""
    known = ["code", "project"]
    table = read(text.encode(), known=known)
    report = import_table(noun, table, dry_run=True, with_warnings=True, **options)
    assert report.errors == ()
    return {one.row: one.reason for one in report.warnings}


def brought(text, user, noun="projects"):
    batch = batches.receive(text.encode(), "list.csv", noun, user=user)
    batches.map_columns(batch, mapping_of(batch.mapping))
    assert batches.work_on(batch)
    assert batch.state == BatchState.PREVIEWED, batch.message
    return batch


def test_an_outlier_of_its_sector_is_warned_about_with_the_likely_mistake(trade):
    found = doubted("code,name,sectors,amount\na,A,trade,1亿元\nb,B,trade,100亿元\nc,C,trade,\n")

    assert list(found) == [3]
    assert "is 100 times what is usual for Trade" in found[3]
    assert "Did you mean 100,000,000.00 CNY = 1亿元? Perhaps a decimal point is missing" in found[3]


def test_warnings_read_as_in_the_admin(trade):
    user = make_user("superuser")
    project = Project(amount=10_000 * MILLION, currency="CNY", stage="signed")

    [said] = data_quality.OutlierDetector.of(user).project(project, [trade], [])

    assert doubted("code,name,sectors,amount\nb,B,trade,100亿元\n", user=user) == {2: said}


def test_a_change_is_warned_about_only_if_it_changes_the_amount(trade):
    make_project(code="old", name="Old", amount=10_000 * MILLION, sectors=[trade])
    make_project(code="other", name="Other", amount=100 * MILLION, sectors=[trade])

    assert doubted("code,name\nold,New\n") == {}
    assert list(doubted("code,amount\nold,1万元\nother,100亿元\n")) == [2, 3]
    assert doubted("code,amount\nold,100亿元\n") == {}


def test_more_than_the_published_total_of_the_area_is_warned_about():
    make_headline(code="funds", area=make_area(code="kashi"), value=Decimal("17600000000.00"))

    found = doubted("code,name,area,amount\na,A,kashi,1760亿元\n")

    assert "more than the total published as contracted" in found[2]


def test_more_than_the_headline_of_its_source_is_warned_about():
    make_headline(source=make_source(code="press"), value=Decimal("17600000000.00"))

    assert list(doubted("code,name,sources,amount\na,A,press,1760亿元\n")) == [2]


def test_without_peers_in_the_register_the_rows_of_the_file_are_peers(trade):
    rows = "".join(f"a{n},A{n},{90 + n}000000\n" for n in range(MIN_PEERS))

    found = doubted(f"code,name,amount\n{rows}odd,Odd,9300\n")

    assert list(found) == [MIN_PEERS + 2]
    assert "10,000 times lower than is usual for this file" in found[MIN_PEERS + 2]
    assert doubted("code,name,amount\na,A,5\nodd,Odd,50000000\n") == {}


def test_funds_received_are_compared_with_the_amount_of_their_project():
    make_project(code="p", amount=100 * MILLION)

    found = doubted(
        "project,received_on,amount\np,2024-01-01,50000000\np,2024-02-01,500000000000\n",
        "receipts",
    )

    assert list(found) == [3]
    assert "is 5,000 times the amount of the whole project" in found[3]


def test_funds_received_are_compared_in_the_register_and_the_file():
    project = make_project(code="p", amount=None)
    make_receipt(project, amount=5 * MILLION)
    rows = "".join(f"p,2024-0{month}-01,5000000\n" for month in (1, 2))

    found = doubted(f"project,received_on,amount\n{rows}p,2024-03-01,500\n", "receipts")

    assert list(found) == [4]
    assert "10,000 times lower than is usual for the other funds" in found[4]


def test_other_records_have_no_warnings():
    assert doubted("code,name\na,A\n", "enterprises") == {}


def test_drafts_that_the_user_may_not_see_are_no_peers():
    here, there = make_area(code="here"), make_area(code="there")
    for _ in range(MIN_PEERS):
        make_project(amount=100 * MILLION, area=there, state="draft")
    file = "code,name,area,amount\na,A,here,1\nb,B,here,100亿元\n"

    assert doubted(file, user=make_user("clerk", areas=[here])) == {}


ROWS = {
    "projects": (
        "code,name,sectors,area,amount",
        lambda n: f"c{n},C{n},s{n % 5},a{n % 5},{n + 1}000000",
    ),
    "receipts": ("project,received_on,amount", lambda n: f"p{n},2024-01-01,{n + 1}000"),
}


@pytest.mark.parametrize("noun", ROWS)
def test_the_queries_do_not_grow_with_the_rows(trade, noun):
    for n in range(5):
        make_sector(code=f"s{n}"), make_area(code=f"a{n}")
    for n in range(80):
        make_project(code=f"p{n}")
    head, row = ROWS[noun]

    def queries(count, *, with_warnings):
        text = "\n".join([head, *map(row, range(count))])
        table = read(text.encode(), known=["code", "project"])
        with CaptureQueriesContext(connection) as captured:
            report = import_table(noun, table, dry_run=True, with_warnings=with_warnings)
        assert report.errors == ()
        return len(captured)

    few, many = (
        queries(count, with_warnings=True) - queries(count, with_warnings=False)
        for count in (5, 80)
    )

    assert few == many <= 3


def test_rows_with_warnings_are_written_and_undone_as_others(trade):
    user = make_user("superuser")
    batch = brought("code,name,sectors,amount\na,A,trade,1亿元\nb,B,trade,100亿元\n", user)
    [row] = batch.rows.exclude(warnings=[])
    assert (row.number, row.status, row.warnings[0][0]) == (3, RowStatus.NEW, "amount")

    batches.approve(batch)
    batches.work_on(batch)

    assert batch.state == BatchState.WRITTEN, batch.message
    assert Project.objects.get(code="b").amount == 10_000 * MILLION
    assert batch.rows.exclude(warnings=[]).count() == 1
    result = undo.undo(batch, user)
    assert (result.count, result.kept) == (2, [])
    # What was doubted of it stays to be read.
    assert batch.rows.exclude(warnings=[]).count() == 1
    assert not batch.rows.exclude(errors=[]).exists()


def test_warnings_that_change_do_not_invalidate_the_preview(trade):
    user = make_user("superuser")
    batch = brought("code,name,sectors,amount\nb,B,trade,100亿元\n", user)
    Project.objects.filter(sectors=trade).update(amount=10_000 * MILLION)

    batches.approve(batch)
    batches.work_on(batch)

    assert batch.state == BatchState.WRITTEN


def test_the_command_warns_and_writes(trade, tmp_path):
    file = tmp_path / "list.csv"
    file.write_text("code,name,sectors,amount\nb,B,trade,100亿元\n")
    output, errors = StringIO(), StringIO()

    call_command("import_projects", str(file), stdout=output, stderr=errors)

    assert "warnings: 1" in output.getvalue()
    assert "errors: 0" in output.getvalue()
    assert errors.getvalue().startswith("row 2, amount, “100亿元”: 10,000,000,000.00 CNY")
    assert Project.objects.filter(code="b").exists()


def test_unchanged_rows_have_no_warnings():
    project = make_project(code="p", amount=MILLION)
    make_receipt(project, amount=10_000 * MILLION, received_on="2024-01-01")

    file = "project,received_on,amount\np,2024-01-01,10000000000\n"

    assert doubted(file, "receipts") == {}
    assert Receipt.objects.count() == 1
