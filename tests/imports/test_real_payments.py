"""Imports of Manchester's payments give the sums that it published."""

import csv
from collections import Counter, defaultdict
from decimal import Decimal

import pytest

from projects.conversion import differing
from projects.models import Outcome, Project, Receipt
from tests.helpers.real_files import DATA, answer, counts, load, part

MANCHESTER = sorted((DATA / "manchester").glob("*.csv"))
PAID = {
    "2010-12": "64595841.84",
    "2011-01": "52783450.50",
    "2011-02": "55679614.98",
    "2011-03": "74186088.74",
    "2011-04": "46767400.51",
    "2011-05": "118093360.07",
    "2011-06": "104910376.35",
}
ALL_PAID = "9429210465.06"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        len(MANCHESTER) < 138, reason="Manchester's files are not beside the project"
    ),
]


def pay(files):
    """How many rows of the files were new, changed and unchanged. None may have an error."""
    output, errors = load("import_receipts", *files, mapping="manchester.toml")
    assert errors == ""
    return [counts(output, status) for status in ("new", "changed", "unchanged")]


def ledger(files):
    """Payments of each service area as (day, amount), read without the register."""
    found = defaultdict(list)
    for path in files:
        with path.open(encoding="utf-8-sig", newline="") as file:
            _headings, *rows = csv.reader(file)
        for row in rows:
            found[row[1].strip()].append((row[3], Decimal(row[5])))
    return found


def by_month(client):
    found = answer(client, "/api/v1/totals/?basis=received&by=month")
    assert (found["total"]["left_out"], found["total"]["bound"]) == (0, "exact")
    return {row["month"]: row["amount"] for row in found["rows"]}, found["total"]["amount"]


def sums_by_month(files):
    """The sum of each file, which has the payments of one month."""
    return {
        file.stem: f"{sum(amount for one in ledger([file]).values() for _day, amount in one):.2f}"
        for file in files
    }


def check_the_council(files):
    """Each service area has exactly the payments of the files. Return their number."""
    expected = ledger(files)
    assert set(Project.objects.values_list("name", flat=True)) == set(expected)
    for name, payments in expected.items():
        saved = Receipt.objects.filter(project__name=name).values_list("received_on", "amount")
        assert Counter((str(day), amount) for day, amount in saved) == Counter(payments)
    return sum(map(len, expected.values()))


def test_payments_of_seven_months_give_their_sums_also_when_imported_again(
    client, settings, tmp_path
):
    settings.BASE_CURRENCY = "GBP"
    assert sums_by_month(MANCHESTER[:7]) == PAID
    files = [part(file, tmp_path, lambda number, _row: number % 40 == 0) for file in MANCHESTER[:7]]

    statuses = pay(files)

    rows = check_the_council(files)
    assert statuses == [rows, 0, 0]
    sums = sums_by_month(files)
    assert by_month(client) == (sums, f"{sum(map(Decimal, sums.values()))}")
    assert set(Receipt.objects.values_list("conversion__outcome", flat=True)) == {Outcome.COUNTED}
    assert differing(list(Project.objects.values_list("pk", flat=True))) == {}

    assert pay(files) == [0, 0, rows]
    assert by_month(client)[0] == sums
    assert Receipt.history.count() == rows


def test_equal_rows_and_negative_amounts_are_payments(tmp_path):
    last, wide = MANCHESTER[-1], MANCHESTER[0].with_name("2015-07.csv")
    files = [part(file, tmp_path, lambda number, _row: number < 100) for file in (last, wide)]

    # The heading of one begins with a broken mark; rows of the other end in an empty cell.
    statuses = pay(files)

    rows = check_the_council(files)
    assert statuses == [rows, 0, 0]
    alike = Counter(Receipt.objects.values_list("project", "received_on", "amount", "note"))
    assert max(alike.values()) > 1
    assert Receipt.objects.filter(amount__lt=0).exists(), "some money went back"


@pytest.mark.chaos
def test_eleven_years_give_the_published_sums_also_when_imported_again(client, settings):
    settings.BASE_CURRENCY = "GBP"

    assert pay(MANCHESTER) == [474_674, 0, 0]
    assert check_the_council(MANCHESTER) == 474_674
    months, whole = by_month(client)
    assert {month: months[month] for month in PAID} == PAID
    assert whole == ALL_PAID

    assert pay(MANCHESTER) == [0, 0, 474_674]
    assert by_month(client)[1] == ALL_PAID
    assert Receipt.history.count() == 474_674
