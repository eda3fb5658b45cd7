"""The provenance of a total: the exchange rates used, and the projects left out without one."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q

from projects.filters import ProjectFilterSet
from projects.models import (
    Basis,
    ExchangeRate,
    Outcome,
    Project,
    ProjectConversion,
    Receipt,
    ReceiptConversion,
    base_currency,
    permissions,
)

# How many of each a page names.
MOST_RATES = MOST_LEFT_OUT = 20


def _of_projects(filterset: ProjectFilterSet, basis: Basis) -> tuple[Any, str]:
    """The conversions behind totals of this basis, and the lookup from one to its project.

    Not filtered by project: callers do so by `Exists`, so that finding a few names does
    not read the whole of a large register.
    """
    if basis != Basis.RECEIVED:
        return ProjectConversion.objects.all(), "project"
    receipts = permissions.visible(Receipt, filterset.user, "receipt__")
    found = ReceiptConversion.objects.filter(receipts, filterset.receipts(prefix="receipt__"))
    return found, "receipt__project"


def rates_used(filterset: ProjectFilterSet, basis: Basis) -> list[ExchangeRate]:
    """The exchange rates used in the total of a valid filter set, latest first.

    At most one more than a page names, which tells that there are more. One query.
    """
    conversions, project = _of_projects(filterset, basis)
    projects = filterset.qs.order_by().of_basis(basis, filterset.user)
    used = conversions.current().filter(
        Exists(projects.filter(pk=OuterRef(project))), amount_base__isnull=False
    )
    return list(
        ExchangeRate.objects.filter(
            Exists(used.filter(rate_from=OuterRef("pk")))
            | Exists(used.filter(rate_to=OuterRef("pk")))
        )
        .select_related("source")
        .order_by("-quoted_on", "from_currency", "to_currency")[: MOST_RATES + 1]
    )


def left_out(filterset: ProjectFilterSet, basis: Basis) -> list[Project]:
    """The projects of a total that could not be converted, or not in full, as they were entered.

    At most one more than a page names, which tells that there are more. One query.
    """
    conversions, project = _of_projects(filterset, basis)
    unconverted = (
        conversions.filter(**{project: OuterRef("pk")})
        .exclude(outcome=Outcome.UNDISCLOSED)
        .exclude(Q(outcome=Outcome.COUNTED, base_currency=base_currency()))
    )
    projects = filterset.qs.of_basis(basis, filterset.user).filter(Exists(unconverted))
    return list(projects.order_by("pk")[: MOST_LEFT_OUT + 1])
