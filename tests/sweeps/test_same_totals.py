"""Totals of API, page and files agree, and each row links to exactly its projects."""

import io
import json
from itertools import permutations
from urllib.parse import urlsplit

import pytest
from django.http import QueryDict
from python_calamine import CalamineWorkbook

from projects.filters import ProjectFilterSet
from projects.filters.totals import DIMENSIONS
from projects.models import Basis, Project
from projects.totals import totals
from tests.helpers.query_answers import csv_rows, figure, file_content, page_context, query_string
from tests.helpers.selection import every_nth
from tests.helpers.varied_register import QUERIES

pytestmark = pytest.mark.usefixtures("varied_register")


# Two dimensions are a cross table on the page and one row each in files.
GROUPINGS = [
    "by=sector",
    "by=area&then=year",
    "by=enterprise&then=sector",
    "by=month&basis=received",
    "by=origin&then=currency&basis=intended",
    "by=stage&then=enterprise&basis=received",
]


def groupings_of(query):
    return [one for one in GROUPINGS if not ("basis=" in one and "basis=" in query)]


@pytest.mark.parametrize(
    ("query", "grouping"),
    [
        (query, grouping)
        for number, query in every_nth(list(enumerate(QUERIES)), 2, 1)
        for grouping in every_nth(groupings_of(query), len(groupings_of(query)), number)
    ],
)
def test_the_files_of_the_totals_hold_the_same_as_page_and_api(client, query, grouping):
    query = query_string(f"{grouping}&{query}".removesuffix("&"))
    answer = client.get(f"/api/v1/totals/{query}").json()
    table = page_context(client, f"/totals/{query}")["table"]
    *rows, total = csv_rows(client, query.removeprefix("?"), "totals")
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(file_content(client.get(f"/totals/export.xlsx{query}")))
    )

    assert json.loads(file_content(client.get(f"/totals/export.json{query}"))) == answer
    for row, data in zip([*rows, total], [*answer["rows"], answer["total"]], strict=True):
        texts = {name: "" if data[name] is None else str(data[name]) for name in data}
        assert {name: row[name] for name in texts} == texts
        assert (row["base_currency"], row["basis"]) == (answer["currency"], answer["basis"])
    assert [dict(row.keys) for row in table.rows] == [
        {by: row[by] or None for by in answer["by"]} for row in rows
    ]
    assert [f"{row.amount:.2f}" for row in table.rows] == [row["amount"] for row in rows]
    assert f"{table.total.amount:.2f}" == total["amount"]
    headings, *cells = book.get_sheet_by_name("totals").to_python()
    assert [
        {name: as_in_csv(name, cell) for name, cell in zip(headings, row, strict=True)}
        for row in cells
    ] == rows, query


def as_in_csv(name, cell):
    """A cell of a workbook as CSV has it; one of more than 15 digits is text in both."""
    if isinstance(cell, str):
        return cell
    return f"{cell:.{ {'amount': 2, 'share': 4}.get(name, 0) }f}"


NARROWED = ["", "sector=s1&sector=s2", "area=a1&area=none", "year=2023"]


@pytest.mark.parametrize(
    ("by", "basis", "query"),
    # Every dimension and every query with every basis.
    [
        (by, basis, query)
        for place, by in enumerate(DIMENSIONS)
        for number, query in every_nth(list(enumerate(NARROWED)), 2, place)
        for basis in every_nth(list(Basis), 3, place + number)
    ],
)
def test_the_link_of_a_row_lists_exactly_its_projects(client, by, basis, query):
    table = client.get(f"/api/v1/totals/{query_string(query, by=by, basis=basis.value)}").json()

    assert table["total"]["projects"]
    for row in [*table["rows"], table["total"]]:
        summary = page_context(client, row["href"])["summary"]
        found = getattr(summary, basis.value)
        assert summary.records == row["projects"], row["href"]
        if "label" in row and by == "sector":
            (found,) = [part for part in summary.of_which if part.label == row["label"]] or [None]
        elif "sector=" in query:
            # Its amount is that of the selected sectors, the list's that of whole projects.
            continue
        if found is not None:
            assert figure(found) == figure(row), row["href"]


@pytest.mark.parametrize(("number", "basis"), list(enumerate(Basis)))
def test_cross_tables_add_up_and_lead_to_their_projects(number, basis):
    for by in every_nth(list(permutations(DIMENSIONS, 2)), 3, number):
        filterset = ProjectFilterSet(QueryDict(f"basis={basis.value}"), Project.objects.all())
        table = totals.totals(filterset, by, basis)

        assert sum(row.amount for row in table.rows) == table.total.amount
        assert table.total.projects
        for row in table.rows:
            filtered = ProjectFilterSet(QueryDict(urlsplit(row.href).query), Project.objects.all())
            assert filtered.qs.count() == row.projects, row.href
