"""The answers of list pages, API, exports and totals to one query, and their comparison."""

import csv
import io
from decimal import Decimal
from types import SimpleNamespace

from django.core.cache import caches
from django.http import QueryDict

from projects.models import CONTRACTED_STAGES, Basis, Receipt

NOTHING = Decimal("0.00")


def query_string(query, **more):
    """The query string of an address: `query` with further parameters."""
    data = QueryDict(query, mutable=True)
    data.update(more)
    return f"?{data.urlencode()}"


def file_content(response):
    assert response.status_code == 200, response
    return b"".join(response.streaming_content)


def csv_rows(client, query, noun="projects"):
    """The rows of the CSV export, as texts by heading."""
    text = file_content(client.get(f"/{noun}/export.csv{query_string(query)}")).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def page_context(client, address):
    """The context of a page, rendered anew: a cached page has none."""
    caches["pages"].clear()
    return client.get(address).context


def list_pages(client, query):
    """The codes on the pages of the list, six a page, and the summary above them."""
    first = page_context(client, f"/projects/{query_string(query, page_size=6)}")
    assert not first["errors"]
    codes = [project.code for project in first["records"]]
    for number in range(2, first["page"].paginator.num_pages + 1):
        page = page_context(client, f"/projects/{query_string(query, page_size=6, page=number)}")
        codes += [project.code for project in page["records"]]
    return codes, first["summary"]


def of_basis(rows, basis):
    stages = CONTRACTED_STAGES if basis == Basis.CONTRACTED else ["intended"]
    return [row for row in rows if row["stage"] in stages]


def summed(rows):
    """Projects, disclosed, left out, and the sum in the base currency, of rows of an export."""
    amounts = [row["amount_base"] for row in rows]
    disclosed = sum(row["amount"] != "" for row in rows)
    converted = [Decimal(amount) for amount in amounts if amount]
    return len(rows), disclosed, disclosed - len(converted), sum(converted, NOTHING)


def figure(found):
    """The same of a figure of the totals, from the page or from the API."""
    if isinstance(found, dict):
        found = SimpleNamespace(**found | {"amount": Decimal(found["amount"])})
    return found.projects, found.disclosed, found.left_out, found.amount


def is_included(query, receipt):
    """Whether the totals of a query on the basis "received" include a receipt."""
    data, day = QueryDict(query), str(receipt.received_on)
    return (
        any(day.startswith(year) for year in data.getlist("year") or [""])
        and any(day.startswith(month) for month in data.getlist("month") or [""])
        and data.get("received_after", "") <= day <= data.get("received_before", "9999")
    )


def received(query, rows):
    """The number of projects and the sum of the receipts that a query includes, one by one."""
    receipts = Receipt.objects.select_related("project", "conversion")
    codes = {row["code"] for row in rows}
    found = [
        receipt
        for receipt in receipts
        if receipt.project.code in codes and is_included(query, receipt)
    ]
    amounts = [receipt.conversion.amount_base for receipt in found]
    return (
        len({receipt.project_id for receipt in found}),
        sum((amount for amount in amounts if amount is not None), NOTHING),
    )


def check_list(client, query):
    """List, API and export have the same records in one order, and the summary their sums."""
    rows = csv_rows(client, query)
    codes, summary = list_pages(client, query)
    answer = client.get(f"/api/v1/projects/{query_string(query, page_size=1000)}").json()

    assert codes == [row["code"] for row in rows]
    assert [project["code"] for project in answer["results"]] == codes
    assert answer["count"] == summary.records == len(rows)
    assert summary.disclosed == sum(row["amount"] != "" for row in rows)
    assert figure(summary.contracted) == summed(of_basis(rows, Basis.CONTRACTED))
    assert figure(summary.intended) == summed(of_basis(rows, Basis.INTENDED))


def check_totals(client, query):
    """The totals, on their page and in the API, are the sum of the export of the same query."""
    table = client.get(f"/api/v1/totals/{query_string(query, by='sector')}").json()
    page = page_context(client, f"/totals/{query_string(query, by='sector')}")["table"]
    rows = csv_rows(client, query)
    total = figure(table["total"])

    assert [figure(row) for row in page.rows] == [figure(row) for row in table["rows"]]
    assert figure(page.total) == total
    assert sum((Decimal(row["amount"]) for row in table["rows"]), NOTHING) == total[-1]
    if table["basis"] == Basis.RECEIVED:
        assert (total[0], total[-1]) == received(query, rows)
        if not QueryDict(query).keys() & {"year", "month", "received_after", "received_before"}:
            # Each row has all that its project received.
            assert total[-1] == sum(
                (Decimal(row["received"]) for row in rows if row["received"]), NOTHING
            )
    else:
        assert total == summed(of_basis(rows, table["basis"]))


def check_sums(client, query, bases):
    """Check the list, and the totals of each of the bases if the query has none of its own."""
    check_list(client, query)
    if "basis=" in query:
        check_totals(client, query)
    else:
        for basis in bases:
            check_totals(client, query_string(query, basis=basis.value).removeprefix("?"))
