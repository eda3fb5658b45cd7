"""The findings of `check_data`, and a register to find them in."""

import pytest
from django.db import connection

from projects.data_quality import report
from projects.data_quality.report import Rule
from tests.factories import (
    make_area,
    make_enterprise,
    make_project,
    make_sector,
    make_source,
)

only_sqlite = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="only SQLite can be made to hold this"
)


def complete_project(**changes):
    """A project about which `check_data` has no finding."""
    given = {
        "code": "KS-1",
        "area": make_area(),
        "enterprise": make_enterprise(),
        "sectors": [make_sector()],
        "sources": [make_source()],
    }
    return make_project(**given | changes)


def findings() -> list[tuple[str, str, str]]:
    """The rule, the code of the record and the field of each finding."""
    return [(one.rule.value, one.code, one.field) for one in report.findings()]


def sentences(rule: Rule) -> list[str]:
    return [one.sentence for one in report.findings() if one.rule == rule]


def execute(sql: str, *values) -> None:
    """Execute the statement without check constraints, where the database can do so."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = ON")
        try:
            cursor.execute(sql, values)
        finally:
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA ignore_check_constraints = OFF")
