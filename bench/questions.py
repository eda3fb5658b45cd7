"""What is asked. To measure one thing more, add a line to QUESTIONS.

A question is a name and a function of the register that answers it and returns
how many records it dealt with (None where that says nothing). Baselines are
questions like the others: the shortest way to something comparable, measured in
the same run, so that a ratio to one holds on any machine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Sum
from django.http import QueryDict
from django.test import override_settings

from projects.filters import ProjectQuestion, facets
from projects.models import Project
from projects.models.fields import MoneyField

from .data import API_PAGE, Built


@dataclass(frozen=True)
class Question:
    name: str
    ask: Callable[[Built], int | None]


@dataclass(frozen=True)
class Ratio:
    """How often the CPU time of one question holds that of another, by their names."""

    name: str
    of: str
    to: str


def page(address: str) -> Callable[[Built], None]:
    """A page as a visitor gets it; `address` may name attributes of the register."""

    def ask(built: Built) -> None:
        built.get(address.format(built=built))

    return ask


def api(address: str) -> Callable[[Built], int]:
    """A list of the API; how many records the answer holds."""

    def ask(built: Built) -> int:
        return len(built.get(address.format(built=built)).json()["results"])

    return ask


def admin(address: str) -> Callable[[Built], None]:
    def ask(built: Built) -> None:
        built.get(address, client=built.administrator)

    return ask


# A walk of a long list, or its file, is measured over its first records.
WALKED = 5_000


def api_walk(built: Built) -> int:
    """Follow the cursor, a thousand records at a time."""
    address, walked = "/api/v1/projects/?page_size=1000&cursor=", 0
    while address and walked < WALKED:
        answer = built.get(address).json()
        walked += len(answer["results"])
        address = answer["next"]
    return walked


def csv(address: str) -> Callable[[Built], int]:
    """A file as CSV, taken as it is written; how many lines it holds below its headings."""

    def ask(built: Built) -> int:
        answer, lines = built.get(address), 0
        for piece in answer.streaming_content:
            lines += piece.count(b"\r\n")
            if lines > WALKED:
                break
        answer.close()
        return lines - 1

    return ask


def naive_sums(built: Built) -> int:
    """Sums by sector across the join, which count a project of two sectors twice."""
    sums = (
        Project.objects.contracted()
        .order_by()
        .values("sectors")
        .annotate(sum=Sum("conversion__amount_base", output_field=MoneyField(negative=True)))
    )
    return len(list(sums))


def bare_rows(built: Built) -> int:
    """The columns of as many projects as an API page has, and nothing that belongs to them."""
    return len(Project.objects.order_by("code").values()[:API_PAGE])


def facets_of_projects(built: Built) -> int:
    """What stands beside the list of all projects; how many values that is."""
    question = ProjectQuestion(QueryDict(), Project.objects.visible_to(None))
    records = question.qs.count()
    found = [facets.counted(facet, question, records) for facet in facets.facets_of(question)]
    return sum(len(facet.options) for facet in found)


def kept(ask: Callable[[Built], int | None]) -> Callable[[Built], int | None]:
    """The same as the next visitor gets it, once it was made and nothing was written since."""
    pages = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "kept"}

    def again(built: Built) -> int | None:
        with override_settings(CACHES={**settings.CACHES, "pages": pages}):
            return ask(built)

    return again


FACETS, LIST_KEPT = "facets of the list", "list, page 1, once it is kept"
LIST, TOTALS, CROSS = "list, page 1", "totals by sector", "totals by sector, then year"
CROSS_CSV = "export, CSV of sector, then year"
LIST_DEEP, API, API_DEEP = "list, last page", "API, page of 100", "API, last page by number"
API_CURSOR, NAIVE, BARE = (
    "API, last page by cursor",
    "baseline: naive join sum",
    "baseline: 100 rows",
)

QUESTIONS = [
    Question(LIST, page("/projects/")),
    Question("list, by sector and area", page("/projects/?sector=fill-trade&area=fill-area-01")),
    Question("list, search with many hits", page("/projects/?search=logistics")),
    Question("list, search with many hits in pinyin", page("/projects/?search=wuliu")),
    Question("list, search with one hit", page("/projects/?search={built.code_in_the_middle}")),
    Question(LIST_DEEP, page("/projects/?page={built.last_page}")),
    Question(FACETS, facets_of_projects),
    Question(LIST_KEPT, kept(page("/projects/"))),
    Question("list, largest amounts first", page("/projects/?ordering=-amount")),
    Question("page of one project", page("/projects/{built.code_in_the_middle}/")),
    Question(TOTALS, page("/api/v1/totals/?by=sector")),
    Question(CROSS, page("/api/v1/totals/?by=sector&then=year")),
    Question("totals by lead enterprise", page("/api/v1/totals/?by=enterprise")),
    Question(API, api(f"/api/v1/projects/?page_size={API_PAGE}")),
    Question(API_DEEP, api(f"/api/v1/projects/?page_size={API_PAGE}&page={{built.last_api_page}}")),
    Question(
        API_CURSOR, api(f"/api/v1/projects/?page_size={API_PAGE}&cursor={{built.last_cursor}}")
    ),
    Question("API, cursor walk", api_walk),
    Question("export, CSV of the list", csv("/projects/export.csv")),
    Question(CROSS_CSV, csv("/totals/export.csv?by=sector&then=year")),
    Question("admin, list", admin("/admin/projects/project/")),
    Question(NAIVE, naive_sums),
    Question(BARE, bare_rows),
]

RATIOS = [
    Ratio("totals by sector to the naive join sum, which is wrong", TOTALS, NAIVE),
    Ratio("cross-table to totals by sector", CROSS, TOTALS),
    Ratio("CSV of the cross-table to the cross-table", CROSS_CSV, CROSS),
    Ratio("last page of the list to the first", LIST_DEEP, LIST),
    Ratio("facets of the list to its first page, which has them", FACETS, LIST),
    Ratio("first page once it is kept to making it", LIST_KEPT, LIST),
    Ratio("last page of the API by cursor to by number", API_CURSOR, API_DEEP),
    Ratio("API page of 100 to its bare rows", API, BARE),
]
