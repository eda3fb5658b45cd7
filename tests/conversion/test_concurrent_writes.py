"""Concurrent writes to one project: the derived rows reflect both."""

from datetime import date
from decimal import Decimal
from threading import Event, Thread

import pytest
from django.db import connection, transaction

from projects import conversion, history
from projects.models import Allocation, Receipt
from tests.factories import make_project

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="SQLite lets one at a time write anyhow"
    ),
]


def is_a_lock_awaited() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)")
        return cursor.fetchone()[0]


@pytest.mark.parametrize("first", ["a receipt", "a rebuild"])
def test_the_second_writer_waits_and_recomputes_from_what_the_first_wrote(first):
    project = make_project(amount=Decimal("10.00"))
    written, can_commit = Event(), Event()
    errors = []

    def receive(amount: str) -> None:
        history.save(
            Receipt(project=project, amount=Decimal(amount), received_on=date(2023, 12, 1))
        )

    def run(work) -> None:
        try:
            work()
        except Exception as error:
            errors.append(error)
        finally:
            written.set()
            connection.close()

    def write_first() -> None:
        with transaction.atomic():
            if first == "a receipt":
                receive("1.00")
            else:
                conversion.recompute([project.pk])
            written.set()
            can_commit.wait()

    earlier = Thread(target=run, args=[write_first])
    earlier.start()
    written.wait()
    later = Thread(target=run, args=[lambda: receive("2.00")])
    later.start()
    try:
        while later.is_alive() and not is_a_lock_awaited():
            pass
    finally:
        can_commit.set()
        earlier.join()
        later.join()

    assert not errors
    assert conversion.differing([project.pk]) == {}
    received = {Decimal("2.00"), *([Decimal("1.00")] if first == "a receipt" else [])}
    parts = Allocation.objects.filter(receipt__isnull=False)
    assert set(parts.values_list("amount_base", flat=True)) == received
