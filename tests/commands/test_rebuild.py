import sqlite3
from contextlib import closing
from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects.models import (
    Allocation,
    Enterprise,
    ExchangeRate,
    Project,
    ProjectConversion,
    ReceiptConversion,
    chunking,
)
from tests.factories import make_enterprise, make_project, make_rate, make_receipt, make_sector

pytestmark = pytest.mark.django_db


def rebuilt() -> str:
    output = StringIO()
    call_command("rebuild", stdout=output)
    return output.getvalue()


def allocated():
    return set(
        Allocation.objects.values_list("project__code", "receipt", "sector__code", "amount_base")
    )


def test_a_correct_register_is_unchanged():
    make_receipt(make_project(sectors=[make_sector()]))
    before = set(Allocation.objects.values_list("pk", flat=True))

    told = rebuilt()

    assert told == (
        "Projects checked, in CNY: 1\nDerived figures that differed: 0\n"
        "Search keys that differed: 0\n"
    )
    assert set(Allocation.objects.values_list("pk", flat=True)) == before


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda: ProjectConversion.objects.first().delete(), id="a conversion lost"),
        pytest.param(lambda: ReceiptConversion.objects.all().delete(), id="a receipt's lost"),
        pytest.param(lambda: Allocation.objects.first().delete(), id="a part lost"),
        pytest.param(
            lambda: Allocation.objects.filter(pk=Allocation.objects.first().pk).update(
                amount_base=Decimal("1.00")
            ),
            id="a part wrong",
        ),
        pytest.param(
            lambda: Allocation.objects.bulk_create(
                [
                    Allocation(
                        **{
                            field.attname: getattr(Allocation.objects.first(), field.attname)
                            for field in Allocation._meta.concrete_fields
                            if not field.primary_key
                        }
                    )
                ]
            ),
            id="a part twice",
        ),
        pytest.param(
            lambda: ExchangeRate.objects.update(rate=Decimal("7.3")), id="a rate changed beneath"
        ),
    ],
)
def test_errors_are_named_and_repaired(spoil):
    make_rate("USD", "CNY", "7.2", date(2023, 11, 1))
    sectors = [make_sector(), make_sector()]
    project = make_project(code="KS-1", currency="USD", sectors=sectors)
    make_receipt(project, Decimal("-0.01"), currency="USD", received_on=date(2023, 11, 20))
    make_project(code="KS-2")
    spoil()

    told = rebuilt()

    assert "Projects checked, in CNY: 2\nDerived figures that differed: 1\n  KS-1\n" in told
    assert "differed: 1" not in rebuilt()
    parts = Allocation.objects.filter(project=project, receipt=None)
    assert sum(parts.values_list("amount_base", flat=True)) == project.amount * (
        ExchangeRate.objects.get().rate
    )


def test_a_stale_search_key_is_named_and_repaired_without_history():
    enterprise = make_enterprise(code="KS-E", name_zh="喀什贸易")
    key, version = enterprise.search_key, enterprise.version
    Enterprise.objects.filter(pk=enterprise.pk).update(search_key="")

    told = rebuilt()

    enterprise.refresh_from_db()
    assert "Search keys that differed: 1\n  KS-E\n" in told
    assert (enterprise.search_key, enterprise.version) == (key, version)
    assert enterprise.history.count() == 1


def test_another_base_currency_is_applied(settings):
    make_rate("USD", "CNY", "8", date(2023, 11, 1))
    project = make_project(code="KS-1", amount=Decimal("100.00"), currency="CNY")
    settings.BASE_CURRENCY = "USD"

    told = rebuilt()

    assert "Projects checked, in USD: 1\nDerived figures that differed: 1\n  KS-1\n" in told
    assert allocated() == {(project.code, None, None, Decimal("12.50"))}
    assert not ProjectConversion.objects.stale().exists()


def test_twenty_are_named_and_the_rest_counted(monkeypatch):
    monkeypatch.setattr(chunking, "BATCH", 10)
    for number in range(23):
        make_project(code=f"KS-{number:02}")
    Allocation.objects.all().delete()
    Project.objects.update(search_key="")

    told = rebuilt().splitlines()

    named = ", ".join(f"KS-{number:02}" for number in range(20))
    assert told == [
        "Projects checked, in CNY: 23",
        "Derived figures that differed: 23",
        f"  {named} and 3 more",
        "Search keys that differed: 23",
        f"  {named} and 3 more",
    ]


def test_the_queries_do_not_grow_with_the_projects():
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            rebuilt()
        return len(captured)

    make_receipt(make_project(sectors=[make_sector()]))
    few = queries()
    for _ in range(8):
        make_receipt(make_project(sectors=[make_sector(), make_sector()]))

    assert queries() == few


@pytest.mark.skipif(
    connection.vendor != "sqlite", reason="only SQLite stores a text where a number belongs"
)
def test_an_unreadable_record_is_reported():
    make_project()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE projects_project SET signed_on = '2023-13-45'")

    with pytest.raises(CommandError, match="check_data to find it"):
        rebuilt()


# Somebody else commits each time that some projects have been read.
AMONG_OTHERS = """
import sqlite3
from django.db import connection
from importlib import import_module

import_module("projects.models.chunking").BATCH = 100
rebuild = import_module("projects.conversion.consistency")

other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
look = rebuild.differing

def differing(keys):
    other.execute("UPDATE projects_source SET note = note || '.'")
    return look(keys)

rebuild.differing = differing
result = rebuild.rebuild()
print(result.projects, result.projects_differing, result.search_keys)
"""


def test_a_rebuild_succeeds_while_others_write(live, on_the_file):
    """SQLite lets nobody write who reads on from a state that others have written past."""
    with closing(sqlite3.connect(live)) as opened:
        opened.execute("UPDATE projects_projectconversion SET base_currency = 'USD'")
        opened.execute("UPDATE projects_project SET search_key = ''")
        opened.commit()

    run = on_the_file("shell", "--verbosity=0", "--command", AMONG_OTHERS)

    assert run.returncode == 0, run.stderr
    assert run.stdout == "300 300 300\n"
    with closing(sqlite3.connect(live)) as opened:
        [(note,)] = opened.execute("SELECT MAX(note) FROM projects_source")
    assert note.endswith("...")
