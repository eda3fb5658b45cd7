"""Import a file of generated projects with our importer and with django-import-export.

The latter is used as it comes: each row is looked up, compared, validated by
`full_clean` and saved, with django-simple-history's own rows of history. It sets the
same fields of the same model, but does less: it creates no derived rows (converted and
allocated amounts) and parses no amounts in words. The file has no shares of sectors,
as these would need code of our own.
"""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from unittest.mock import patch

from django.db import connection, transaction

from projects.imports import import_table
from projects.management.demo.generate.codes import PREFIX
from projects.management.demo.generate.vocabulary import NOTE
from projects.models import Area, Enterprise, Project, Sector, Source
from projects.serializers import BY_MODEL_NAME
from projects.serializers.cells import headings
from projects.spreadsheets import reading

HEADINGS = (
    "code",
    "name",
    "name_zh",
    "area",
    "enterprise",
    "partners",
    "sectors",
    "stage",
    "signed_on",
    "amount",
    "currency",
    "qualifier",
    "description",
    "note",
    "sources",
)


@dataclass(frozen=True)
class Imported:
    """The cost of one import; times in seconds, `cpu` as in `bench.measuring`.

    `history`: the number of history rows it created.
    """

    cpu: float
    wall: float
    queries: int
    history: int


# The file is imported three times in this order, each on the result of the one before.
TRIAL, WRITTEN, AGAIN = "dry run", "commit", "again, unchanged"
TURNS = (TRIAL, WRITTEN, AGAIN)
Importer = Callable[[bytes, bool], None]


def compared(rows: int) -> Iterator[tuple[str, str, Imported]]:
    """Yield importer, turn and cost.

    Each importer works in a transaction that is rolled back, so that both start
    from the same register. The final flush to disk is not measured for either.
    """
    content = file(rows)
    importers = {"ours": ours}
    if is_installed():
        importers["stock"] = stock
    for name, importer in importers.items():
        with transaction.atomic():
            for turn in TURNS:
                yield name, turn, _measured(importer, content, is_trial=turn == TRIAL)
            transaction.set_rollback(True)


def file(rows: int) -> bytes:
    """A CSV file of so many generated projects, without randomness."""
    codes = {
        model: list(model.objects.order_by("code").values_list("code", flat=True)[:1000])
        for model in (Area, Enterprise, Sector, Source)
    }

    def pick(model: Any, number: int) -> str:
        return codes[model][number % len(codes[model])]

    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(HEADINGS)
    for number in range(rows):
        writer.writerow(
            (
                f"{PREFIX}imported-{number:07d}",
                f"Imported logistics port {number}",
                f"进口物流港{number}",
                pick(Area, number),
                pick(Enterprise, number),
                # Never the lead enterprise.
                pick(Enterprise, number + 1) if number % 4 == 0 else "",
                "; ".join({pick(Sector, number): 0, pick(Sector, number * 7 + 1): 0}),
                ("signed", "registered", "construction", "operating")[number % 4],
                date(2021, 1, 1) + timedelta(days=number % 1000),
                f"{number * 137 % 1_000_000_000}.{number % 100:02d}",
                ("CNY", "CNY", "CNY", "USD")[number % 4],
                "exact",
                "A port for goods that cross the border by rail.",
                NOTE,
                pick(Source, number),
            )
        )
    return buffer.getvalue().encode()


def ours(content: bytes, is_trial: bool) -> None:
    table = reading.read(content, known=headings(BY_MODEL_NAME["projects"]))
    report = import_table("projects", table, dry_run=is_trial)
    if report.errors:
        raise RuntimeError(f"refused: {report.errors[:3]}")


def is_installed() -> bool:
    try:
        import import_export  # noqa: F401
    except ImportError:
        return False
    return True


def stock(content: bytes, is_trial: bool) -> None:
    from tablib import Dataset

    dataset = Dataset().load(content.decode(), format="csv")
    with patch.object(Project.register_history, "keep", _stock_history):
        result = _resource().import_data(dataset, dry_run=is_trial, use_transactions=True)
    if result.has_errors() or result.has_validation_errors():
        wrong = [str(error.error) for _row, errors in result.row_errors() for error in errors]
        wrong += [str(row.error) for row in result.invalid_rows]
        raise RuntimeError(f"refused: {wrong[:3]}")


def _stock_history(project: Project) -> bool:
    """Create history as django-simple-history does, after each save and each change of links."""
    Project.register_history.create_historical_record(project, "~")
    return True


def _resource() -> Any:
    from import_export import fields, resources, widgets

    def one(model: Any, name: str) -> Any:
        return fields.Field(name, name, widget=widgets.ForeignKeyWidget(model, "code"))

    def many(model: Any, name: str) -> Any:
        widget = widgets.ManyToManyWidget(model, separator=";", field="code")
        return fields.Field(name, name, widget=widget)

    class ProjectResource(resources.ModelResource):
        area = one(Area, "area")
        enterprise = one(Enterprise, "enterprise")
        partners = many(Enterprise, "partners")
        sectors = many(Sector, "sectors")
        sources = many(Source, "sources")
        # By default it would use the integer that is stored.
        amount = fields.Field("amount", "amount", widget=widgets.DecimalWidget())

        class Meta:
            model = Project
            fields = HEADINGS
            import_id_fields = ("code",)
            skip_unchanged = True
            clean_model_instances = True

    return ProjectResource()


def _measured(importer: Importer, content: bytes, *, is_trial: bool) -> Imported:
    history = Project.history.count()
    with _counted_queries() as queries:
        began_cpu, began_wall = time.process_time(), time.perf_counter()
        importer(content, is_trial)
        wall, cpu = time.perf_counter() - began_wall, time.process_time() - began_cpu
    return Imported(cpu, wall, len(queries), Project.history.count() - history)


@contextmanager
def _counted_queries() -> Iterator[list[None]]:
    """One item for each query; Django's own list stops at nine thousand."""
    queries: list[None] = []

    def count(execute: Any, *given: Any) -> Any:
        queries.append(None)
        return execute(*given)

    with connection.execute_wrapper(count):
        yield queries
