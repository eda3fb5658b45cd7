import threading
from decimal import Decimal

import pytest
from django.db import connection
from django.http import QueryDict

from projects import exports, history
from projects.models import Project
from tests.factories import make_project, make_sector


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    "sqlite" in connection.vendor, reason="a database in memory is shared by no two connections"
)
def test_a_file_is_of_one_moment_whatever_is_written_meanwhile(monkeypatch):
    monkeypatch.setattr(exports.records, "CHUNK", 1)
    old, new = make_sector(code="old"), make_sector(code="new")
    for code in ("a", "b"):
        make_project(code=code, amount=Decimal("1.00"), sectors=[old])
    export = exports.RECORDS["projects"]
    objects = export.objects(export.filterset(QueryDict(), None))

    first = next(objects)
    writing = threading.Thread(target=change, args=("b", new))
    writing.start()
    writing.join()
    (second,) = objects

    assert [part["sector"] for part in first["sectors"]] == ["old"]
    assert [part["sector"] for part in second["sectors"]] == ["old"]
    assert (second["amount"], second["amount_base"]) == ("1.00", "1.00")
    assert Project.objects.get(code="b").amount == Decimal("2.00")


def change(code, sector):
    project = Project.objects.get(code=code)
    project.amount = Decimal("2.00")
    history.save(project, sectors=[(sector, None)])
    connection.close()
