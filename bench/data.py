"""The register that is measured: made up by `manage.py fill`, with a superuser to look at it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.core import signing
from django.core.management import CommandError, call_command
from django.http import QueryDict
from django.test import Client

from projects.api.pagination import Order, RegisterPagination
from projects.filters import ProjectQuestion
from projects.management.demo import generate
from projects.models import Enterprise, Project, Receipt
from projects.views.lists import PAGE_SIZE

API_PAGE = 100


class NotOursError(Exception):
    """The database holds what no benchmark made."""


@dataclass(frozen=True)
class Built:
    """The register, and how it was come by; `made` projects in this run, in `seconds`.

    `visitor` and `administrator` ask for pages. The rest are places in the list
    of projects, looked up beforehand so that finding them is not measured.
    """

    projects: int
    enterprises: int
    receipts: int
    made: int
    seconds: float
    visitor: Client
    administrator: Client
    code_in_the_middle: str
    last_page: int
    last_api_page: int
    last_cursor: str

    def get(self, address: str, *, client: Client | None = None) -> Any:
        """The answer to a request; raises RuntimeError for any but a 200."""
        answer = (client or self.visitor).get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status_code}: {answer.content[:500]!r}")
        return answer


def build(rows: int) -> Built:
    """Make the database hold `rows` made-up projects, or leave it if it has as many."""
    call_command("migrate", verbosity=0, interactive=False)
    missing = rows - Project.objects.count()
    began = time.perf_counter()
    try:
        generate.refuse_real_records()
        if missing > 0:
            generate.fill(missing)
    except (generate.RealRecordsError, CommandError) as error:
        raise NotOursError(str(error)) from error
    seconds = time.perf_counter() - began
    users = get_user_model().objects
    user = users.filter(username="bench").first() or users.create_superuser("bench")
    # A host that DEBUG allows.
    visitor, administrator = Client(SERVER_NAME="localhost"), Client(SERVER_NAME="localhost")
    administrator.force_login(user)
    listed = ProjectQuestion(QueryDict(), Project.objects.all()).qs
    projects = listed.count()
    last_api_page = -(-projects // API_PAGE)
    return Built(
        projects=projects,
        enterprises=Enterprise.objects.count(),
        receipts=Receipt.objects.count(),
        made=max(missing, 0),
        seconds=seconds,
        visitor=visitor,
        administrator=administrator,
        code_in_the_middle=listed[projects // 2].code,
        last_page=-(-projects // PAGE_SIZE),
        last_api_page=last_api_page,
        last_cursor=cursor_behind(listed, (last_api_page - 1) * API_PAGE),
    )


def cursor_behind(listed: Any, records: int) -> str:
    """The cursor that the API gives out behind so many records; behind none, the empty one."""
    if not records:
        return ""
    order = Order.of(listed)
    place = order.place(listed[records - 1])
    return signing.dumps([str(order), *place], salt=RegisterPagination.salt, compress=True)
