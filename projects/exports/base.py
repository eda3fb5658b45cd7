"""The base of all exports."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import IO, Any

from django.db import connection, transaction

from projects import filters
from projects.filters.parameters import ParameterForm
from projects.names.messages import truncate_for_display

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}


@contextmanager
def read_snapshot() -> Iterator[None]:
    """Read from one snapshot of the database, without blocking writers.

    Has no effect inside a transaction.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            # Django's own transactions lock the database for writing at their start.
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("COMMIT")
    else:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield


class Export(ABC):
    """The files of the records or totals of a filter set; their names begin with `name`."""

    name: str
    filterset_class: type[filters.RegisterFilterSet]

    @property
    def parameters(self) -> type[ParameterForm]:
        """The parameters of the file besides the filters."""
        return ParameterForm

    def filterset(self, data: Any, user: Any) -> filters.RegisterFilterSet:
        records = self.filterset_class._meta.model.objects.visible_to(user)
        return self.filterset_class(data, records, user=user, parameters=self.parameters)

    def refusals(self, filterset: filters.RegisterFilterSet) -> list[str]:
        """The errors of a filter set as lines of plain text; empty if there can be a file."""
        return [
            f"{truncate_for_display(name)}: {message}"
            for name, messages in filterset.errors.items()
            for message in messages
        ]

    def filename(self, form: str, day: date) -> str:
        return f"{self.name}-{day}.{form}"

    def write(self, filterset: filters.RegisterFilterSet, form: str, file: IO[bytes]) -> None:
        """Write the file of a valid filter set; `form` is a key of CONTENT_TYPES.

        Raises SheetFullError.
        """
        if form == "xlsx":
            self.xlsx(filterset, file)
        else:
            file.writelines(self.chunks(filterset, form))

    @abstractmethod
    def chunks(self, filterset: filters.RegisterFilterSet, form: str) -> Iterator[bytes]:
        """The chunks of a CSV or JSON file. Errors of the database are raised at once."""

    @abstractmethod
    def xlsx(self, filterset: filters.RegisterFilterSet, file: IO[bytes]) -> None:
        """Write the workbook. Raises SheetFullError."""
