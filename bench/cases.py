"""The cases to measure. To add one, add a line to CASES.

A case is a name and a function that takes the register and returns how many records
it processed (None if that is meaningless). Baselines are cases as well: the shortest
way to something comparable, measured in the same run, so that ratios are comparable
between machines.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Sum
from django.http import QueryDict
from django.test import override_settings

from projects.filters import ProjectFilterSet, facets
from projects.filters.facet_counts import count_facet
from projects.models import Project
from projects.models.fields import MoneyField

from .data import API_PAGE, Built


@dataclass(frozen=True)
class Case:
    name: str
    run: Callable[[Built], int | None]


@dataclass(frozen=True)
class Ratio:
    """The CPU time of one case divided by that of another, by their names."""

    name: str
    of: str
    to: str


def page(address: str) -> Callable[[Built], None]:
    """A page as a visitor gets it; `address` may contain attributes of the register."""

    def run(built: Built) -> None:
        built.get(address.format(built=built))

    return run


def api(address: str) -> Callable[[Built], int]:
    """A list of the API; counts the records of the response."""

    def run(built: Built) -> int:
        return len(built.get(address.format(built=built)).json()["results"])

    return run


def admin(address: str) -> Callable[[Built], None]:
    def run(built: Built) -> None:
        built.get(address, client=built.administrator)

    return run


# Long lists and files are measured over their first records.
MAX_RECORDS = 5_000


def api_walk(built: Built) -> int:
    """Follow the cursor, a thousand records at a time."""
    address, read = "/api/v1/projects/?page_size=1000&cursor=", 0
    while address and read < MAX_RECORDS:
        answer = built.get(address).json()
        read += len(answer["results"])
        address = answer["next"]
    return read


def csv(address: str) -> Callable[[Built], int]:
    """A CSV export, read as a stream; counts its lines below the headings."""

    def run(built: Built) -> int:
        answer, lines = built.get(address), 0
        for piece in answer.streaming_content:
            lines += piece.count(b"\r\n")
            if lines > MAX_RECORDS:
                break
        answer.close()
        return lines - 1

    return run


def naive_sums(built: Built) -> int:
    """Sums by sector over the join, which count a project of two sectors twice."""
    sums = (
        Project.objects.contracted()
        .order_by()
        .values("sectors")
        .annotate(sum=Sum("conversion__amount_base", output_field=MoneyField(negative=True)))
    )
    return len(list(sums))


def bare_rows(built: Built) -> int:
    """The columns of a page of projects, without related records."""
    return len(Project.objects.order_by("code").values()[:API_PAGE])


def facets_of_projects(built: Built) -> int:
    """The facets of the list of all projects; counts their values."""
    filterset = ProjectFilterSet(QueryDict(), Project.objects.visible_to(None))
    records = filterset.qs.count()
    found = [count_facet(facet, filterset, records) for facet in facets.facets_of(filterset)]
    return sum(len(facet.options) for facet in found)


def cached(run: Callable[[Built], int | None]) -> Callable[[Built], int | None]:
    """The same page from the page cache."""
    pages = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "kept"}

    def again(built: Built) -> int | None:
        with override_settings(CACHES={**settings.CACHES, "pages": pages}):
            return run(built)

    return again


FACETS, LIST_CACHED = "facets of the list", "list, page 1, cached"
LIST, TOTALS, CROSS = "list, page 1", "totals by sector", "totals by sector, then year"
CROSS_CSV = "export, CSV of sector, then year"
LIST_DEEP, API, API_DEEP = "list, last page", "API, page of 100", "API, last page by number"
API_CURSOR, NAIVE, BARE = (
    "API, last page by cursor",
    "baseline: naive join sum",
    "baseline: 100 rows",
)

CASES = [
    Case(LIST, page("/projects/")),
    Case("list, by sector and area", page("/projects/?sector=fill-trade&area=fill-area-01")),
    Case("list, search with many hits", page("/projects/?search=logistics")),
    Case("list, search with many hits in pinyin", page("/projects/?search=wuliu")),
    Case("list, search with one hit", page("/projects/?search={built.code_in_the_middle}")),
    Case(LIST_DEEP, page("/projects/?page={built.last_page}")),
    Case(FACETS, facets_of_projects),
    Case(LIST_CACHED, cached(page("/projects/"))),
    Case("list, largest amounts first", page("/projects/?ordering=-amount")),
    Case("page of one project", page("/projects/{built.code_in_the_middle}/")),
    Case(TOTALS, page("/api/v1/totals/?by=sector")),
    Case(CROSS, page("/api/v1/totals/?by=sector&then=year")),
    Case("totals by lead enterprise", page("/api/v1/totals/?by=enterprise")),
    Case(API, api(f"/api/v1/projects/?page_size={API_PAGE}")),
    Case(API_DEEP, api(f"/api/v1/projects/?page_size={API_PAGE}&page={{built.last_api_page}}")),
    Case(API_CURSOR, api(f"/api/v1/projects/?page_size={API_PAGE}&cursor={{built.last_cursor}}")),
    Case("API, cursor walk", api_walk),
    Case("export, CSV of the list", csv("/projects/export.csv")),
    Case(CROSS_CSV, csv("/totals/export.csv?by=sector&then=year")),
    Case("admin, list", admin("/admin/projects/project/")),
    Case(NAIVE, naive_sums),
    Case(BARE, bare_rows),
]

RATIOS = [
    Ratio("totals by sector to the naive join sum, which is wrong", TOTALS, NAIVE),
    Ratio("cross-table to totals by sector", CROSS, TOTALS),
    Ratio("CSV of the cross-table to the cross-table", CROSS_CSV, CROSS),
    Ratio("last page of the list to the first", LIST_DEEP, LIST),
    Ratio("facets of the list to its first page, which has them", FACETS, LIST),
    Ratio("cached first page to making it", LIST_CACHED, LIST),
    Ratio("last page of the API by cursor to by number", API_CURSOR, API_DEEP),
    Ratio("API page of 100 to its bare rows", API, BARE),
]
