"""Funds received and exchange rates from files: records that have no code."""

from datetime import date
from decimal import Decimal

import pytest

from projects import conversion
from projects.imports import import_table
from projects.imports.mapping import mapping_of
from projects.models import Allocation, ExchangeRate, Outcome, Project, Receipt, RowStatus
from projects.spreadsheets.reading import read
from tests.factories import (
    make_area,
    make_project,
    make_rate,
    make_receipt,
    make_sector,
    make_source,
)

pytestmark = pytest.mark.django_db


def import_text(noun, text, mapping=None, **options):
    mapping = mapping and mapping_of(mapping)
    known = mapping.headings if mapping else ["project", "from_currency"]
    return import_table(noun, read(text.encode(), known=known), mapping, **options)


def statuses(report):
    assert report.errors == ()
    return [
        report.counts[status] for status in (RowStatus.NEW, RowStatus.CHANGED, RowStatus.UNCHANGED)
    ]


def test_equal_rows_are_separate_payments_also_when_imported_again():
    make_project(code="p"), make_project(code="q")
    file = (
        "project,received_on,amount\np,2023-12-01,500.00\np,2023-12-01,500.00\n"
        "q,2023-12-01,500.00\np,2023-12-02,-20.50\n"
    )

    assert statuses(import_text("receipts", file)) == [4, 0, 0]
    assert statuses(import_text("receipts", file)) == [0, 0, 4]
    assert statuses(import_text("receipts", file + "p,2023-12-01,500.00\n")) == [1, 0, 4]
    amounts = Receipt.objects.filter(project__code="p").values_list("amount", flat=True)
    assert sorted(amounts) == [Decimal("-20.50"), *[Decimal("500.00")] * 3]


def test_an_existing_payment_has_the_same_project_and_day():
    make_project(code="p"), make_project(code="q")
    head = "project,received_on,amount\n"
    import_text("receipts", head + "p,2023-12-01,500.00\nq,2023-12-02,500.00\n")

    report = import_text(
        "receipts",
        head + "p,2023-12-01,500.00\np,2023-12-02,500.00\nq,2023-12-01,500.00\n",
    )

    assert statuses(report) == [2, 0, 1]


def test_only_new_payments_are_recomputed():
    trade, it = make_sector(code="trade"), make_sector(code="it")
    make_rate(from_currency="USD", to_currency="CNY", quoted_on=date(2023, 12, 1))
    project = make_project(code="p", sectors=[(trade, Decimal("60")), (it, Decimal("40"))])
    first = make_receipt(project, amount=Decimal("5.00"), received_on=date(2023, 12, 1))
    rows = Allocation.objects.filter(project=project)
    before = set(rows.values_list("pk", flat=True))

    import_text(
        "receipts",
        "project,received_on,amount,currency\np,2023-12-02,0.05,CNY\np,2023-12-02,1.00,USD\n"
        "p,2024-12-02,1.00,USD\n",
    )

    assert before < set(rows.values_list("pk", flat=True))
    assert conversion.differing([project.pk]) == {}
    new = rows.exclude(receipt=None).exclude(receipt=first).order_by("receipt", "pk")
    assert [(row.sector, row.outcome, row.amount_base) for row in new[:2]] == [
        (trade, Outcome.COUNTED, Decimal("0.03")),
        (it, Outcome.COUNTED, Decimal("0.02")),
    ]
    assert [row.outcome for row in new[2:]] == [Outcome.COUNTED] * 2 + [Outcome.LEFT_OUT] * 2


def test_a_project_with_changed_and_new_payments_is_recomputed_once():
    project = make_project(code="p")
    receipt = make_receipt(project, amount=Decimal("5.00"))

    report = import_text(
        "receipts",
        f"id,project,received_on,amount\n{receipt.pk},p,2023-12-01,6.00\n,p,2023-12-02,7.00\n",
    )

    assert statuses(report) == [1, 1, 0]
    assert conversion.differing([project.pk]) == {}


def test_a_new_payment_reads_no_existing_ones(monkeypatch):
    project = make_project(code="p")
    for day in (1, 2, 3):
        make_receipt(project, received_on=date(2023, 12, day))
    read_from_database, loaded = Receipt.from_db.__func__, []

    def from_db(model, *given, **options):
        loaded.append(given)
        return read_from_database(model, *given, **options)

    monkeypatch.setattr(Receipt, "from_db", classmethod(from_db))

    report = import_text("receipts", "project,received_on,amount\np,2023-12-02,500.00\n")

    assert statuses(report) == [1, 0, 0]
    assert loaded == []


def test_a_receipt_with_its_id_is_changed():
    receipt = make_receipt(make_project(code="p"), amount=Decimal("5.00"))

    report = import_text("receipts", f"id,amount\n{receipt.pk},-5.00\n")

    assert statuses(report) == [0, 1, 0]
    receipt.refresh_from_db()
    assert (receipt.amount, receipt.history.count()) == (Decimal("-5.00"), 2)
    assert receipt.conversion.amount_base == Decimal("-5.00")


def test_an_unknown_id_is_refused():
    make_project(code="p")

    report = import_text("receipts", "id,project,received_on,amount\n77,p,2023-12-01,5\nx,p,,\n")

    assert [(error.row, error.column, error.value) for error in report.errors][:2] == [
        (2, "id", "77"),
        (3, "id", "x"),
    ]


def test_projects_are_created_from_names_in_a_ledger():
    make_area(code="city")
    mapping = {
        "constants": {"currency": "GBP"},
        "columns": {
            "Service Area": {
                "field": "project",
                "find": True,
                "make": {"area": "city", "stage": "signed", "currency": "GBP"},
            },
            "Paid": {"field": "received_on", "dates": ["%d/%m/%Y"]},
            "Net": "amount",
        },
    }

    report = import_text(
        "receipts",
        "Service Area,Paid,Net\nChildren,01/12/2010,100.00\nchildren,02/12/2010,-1.00\n"
        "Housing,01/12/2010,7.00\n",
        mapping,
    )

    assert statuses(report) == [3, 0, 0]
    assert report.created == {Project: 2}
    children = Project.objects.get(name="Children")
    assert (children.amount, children.history.count()) == (None, 1)
    assert [r.received_on for r in children.receipts.all()] == [
        date(2010, 12, 1),
        date(2010, 12, 2),
    ]
    assert {r.conversion.outcome for r in children.receipts.all()} == {Outcome.LEFT_OUT}


def test_a_column_with_several_headings_is_reported_by_that_of_the_file():
    make_project(code="p")
    mapping = {
        "columns": {
            "project": {"field": "project", "required": True},
            "received_on": "received_on",
            "Net": {"field": "amount", "also": ["Amount"]},
        }
    }

    first = import_text("receipts", "project,received_on,Net\np,2023-12-01,5\n", mapping)
    again = import_text("receipts", "project,received_on,Amount\np,2023-12-01,5\n", mapping)
    bad = import_text("receipts", "project,received_on,Amount\np,2023-12-02,x\n,,5\n", mapping)

    assert (statuses(first), statuses(again)) == ([1, 0, 0], [0, 0, 1])
    assert {(error.row, error.column) for error in bad.errors} == {
        (2, "Amount"),
        (3, "project"),
        (3, "received_on"),
    }


def test_rates_are_matched_by_currencies_and_day():
    make_source(code="bank")
    project = make_project(amount=Decimal("2.00"), currency="USD", signed_on=date(2023, 11, 11))
    head = "from_currency,to_currency,quoted_on,rate,source\n"
    assert project.conversion.outcome == Outcome.LEFT_OUT

    assert statuses(import_text("rates", head + "USD,CNY,2023-11-01,7.2018,bank\n")) == [1, 0, 0]
    project.refresh_from_db()
    assert project.conversion.amount_base == Decimal("14.40")

    changed = "USD,CNY,2023-11-01,7.5,bank\nUSD,CNY,2023-12-01,7,bank\n"
    assert statuses(import_text("rates", head + changed)) == [1, 1, 0]
    project.refresh_from_db()
    assert project.conversion.amount_base == Decimal("15.00")
    assert statuses(import_text("rates", head + changed)) == [0, 0, 2]
    assert [rate.history.count() for rate in ExchangeRate.objects.order_by("quoted_on")] == [2, 1]


def test_a_rate_of_other_currencies_recomputes_nothing():
    make_source(code="bank")
    project = make_project(amount=Decimal("2.00"), currency="USD")

    import_text(
        "rates", "from_currency,to_currency,quoted_on,rate,source\nUSD,JPY,2023-11-01,150,bank\n"
    )

    project.refresh_from_db()
    assert project.conversion.outcome == Outcome.LEFT_OUT


def test_invalid_rates_are_reported():
    make_source(code="bank")

    report = import_text(
        "rates",
        "from_currency,to_currency,quoted_on,rate,source\nUSD,USD,2023-11-01,1,bank\n"
        "USD,XXX,2023-11-01,7,bank\nUSD,CNY,2023-11-01,0,bank\nUSD,CNY,2023-11-02,7,nowhere\n"
        "USD,CNY,2023-11-03,7,bank\nUSD,CNY,2023-11-03,8,bank\n",
    )

    assert [(error.row, error.column) for error in report.errors] == [
        (2, ""),
        (3, "to_currency"),
        (4, "rate"),
        (5, "source"),
        (7, ""),
    ]
    assert not ExchangeRate.objects.exists()
