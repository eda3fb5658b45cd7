"""What a total was made with: the rates that converted its amounts, and whom no rate converts."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q

from projects.filters import ProjectQuestion
from projects.models import (
    Basis,
    ExchangeRate,
    Outcome,
    Project,
    ProjectConversion,
    Receipt,
    ReceiptConversion,
    base_currency,
)

# A page names so many of each; files name them all.
MOST_RATES = MOST_LEFT_OUT = 20


def _conversions(question: ProjectQuestion, basis: Basis) -> Any:
    """The converted amounts that a total of this basis is made of."""
    projects = question.qs.order_by().of_basis(basis, question.user).values("pk")
    if basis != Basis.RECEIVED:
        return ProjectConversion.objects.filter(project__in=projects)
    receipts = Receipt.objects.visible_to(question.user).filter(question.receipts())
    return ReceiptConversion.objects.filter(
        receipt__in=receipts.filter(project__in=projects).values("pk")
    )


def rates_used(question: ProjectQuestion, basis: Basis) -> list[ExchangeRate]:
    """The rates behind the total of a valid question, the latest first; one more than a page
    names, where there are more. One query."""
    used = _conversions(question, basis).current().filter(amount_base__isnull=False)
    return list(
        ExchangeRate.objects.filter(
            Exists(used.filter(rate_from=OuterRef("pk")))
            | Exists(used.filter(rate_to=OuterRef("pk")))
        )
        .select_related("source")
        .order_by("-quoted_on", "from_currency", "to_currency")[: MOST_RATES + 1]
    )


def left_out(question: ProjectQuestion, basis: Basis) -> list[Project]:
    """The projects of a total that no rate converts, or not in full, by their codes; one more than
    a page names, where there are more. One query."""
    unconverted = (
        _conversions(question, basis)
        .exclude(outcome=Outcome.UNDISCLOSED)
        .exclude(Q(outcome=Outcome.COUNTED, base_currency=base_currency()))
    )
    column = "receipt__project" if basis == Basis.RECEIVED else "project"
    projects = Project.objects.visible_to(question.user).filter(pk__in=unconverted.values(column))
    return list(projects.order_by("code")[: MOST_LEFT_OUT + 1])
