"""The filter set of projects, for list, export, totals and API."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils.translation import gettext_lazy as _

from projects.models import (
    Area,
    Basis,
    Enterprise,
    Project,
    ProjectSector,
    Receipt,
    Sector,
    Source,
    Stage,
    received_of,
)
from projects.models.fields import sum_to_order_by

from . import base
from .fields import Selection


def in_periods(column: str, chosen: Selection) -> Q:
    wanted = Q(**{f"{column}__isnull": True}) if chosen.not_stated else Q(pk__in=[])
    for period in chosen.things:
        wanted |= Q(**{f"{column}__range": (period.first, period.last)})
    return wanted


class ProjectFilterSet(base.RegisterFilterSet):
    """Filters projects.

    `received_after` and `received_before` filter receipts, as do `year` and `month` with
    `basis=received`: one receipt must match all of them. `sector` selects projects in any
    of its values, `sector_also` in all of them: rows of totals by sector link to it where
    the filter set has a sector already.
    """

    MAIN = ("search", "basis", "amount_min", "amount_max", "ordering")
    ORDERINGS = {
        "amount": "conversion__amount_base",
        "area": "area_label",
        "enterprise": "enterprise_label",
        "partners": "partner_label",
        "received": "received_sum",
        "sectors": "sector_label",
        "stage": "stage_number",
    }
    COMPUTED = {
        "area_label": base.label_of("area"),
        "enterprise_label": base.label_of("enterprise"),
        # The first of several partners as listed, and likewise of several sectors.
        "partner_label": Subquery(
            Enterprise.objects.filter(partner_projects=OuterRef("pk"))
            .order_by("code")
            .values(label=base.label_of())[:1]
        ),
        "received_sum": lambda filterset: received_of(filterset.user, sum_to_order_by),
        "sector_label": Subquery(
            ProjectSector.objects.filter(project=OuterRef("pk"))
            .order_by("pk")
            .values(label=base.label_of("sector"))[:1]
        ),
        # By progress, not by alphabet.
        "stage_number": Case(
            *(When(stage=stage, then=Value(number)) for number, stage in enumerate(Stage))
        ),
    }

    area = base.CodesFilter(Area, method="filter_area", label=_("area"))
    sector = base.CodesFilter(Sector, method="filter_sector", label=_("sector"))
    sector_also = base.CodesFilter(Sector, method="filter_all_sectors", label=_("also in sector"))
    stage = base.VocabularyFilter(method="filter_stage", label=_("stage"), **base.choices_of(Stage))
    enterprise = base.CodesFilter(Enterprise, method="filter_enterprise", label=_("enterprise"))
    lead = base.CodesFilter(Enterprise, method="filter_lead", label=_("lead enterprise"))
    origin = base.VocabularyFilter(method="filter_origin", label=_("origin"), **base.PLACES)
    currency = base.VocabularyFilter(
        method="filter_currency", label=_("currency"), **base.CURRENCIES
    )
    source = base.CodesFilter(Source, method="filter_source", label=_("source"))
    basis = base.ChoiceFilter(method="filter_basis", label=_("basis"), choices=Basis.values)
    disclosed = base.BooleanFilter(method="filter_disclosed", label=_("amount disclosed"))
    amount_min = base.AmountFilter(
        label=_("amount from"), **base.from_bound("conversion__amount_base")
    )
    amount_max = base.AmountFilter(
        label=_("amount up to"), **base.up_to_bound("conversion__amount_base")
    )
    signed_after = base.DateFilter(label=_("signed from"), **base.from_bound("signed_on"))
    signed_before = base.DateFilter(label=_("signed up to"), **base.up_to_bound("signed_on"))
    updated_after = base.DateOrDateTimeFilter(
        label=_("changed from"), **base.from_bound("updated_at")
    )
    updated_before = base.DateOrDateTimeFilter(
        label=_("changed up to"), end=True, **base.up_to_bound("updated_at")
    )
    year = base.YearsFilter(method="filter_period", label=_("year"))
    month = base.MonthsFilter(method="filter_period", label=_("month"))
    received_after = base.DateFilter(method="no_op", label=_("received from"))
    received_before = base.DateFilter(method="no_op", label=_("received up to"))
    state = base.state()
    search = base.SearchFilter(**base.SEARCH)
    ordering = base.ChoiceFilter(
        method="no_op",
        label=_("order"),
        choices=base.orderings(
            [
                *["signed_on", "amount", "name", "code", "updated_at"],
                *["area", "enterprise", "partners", "sectors", "stage", "received"],
                *["registered_on", "started_on", "operating_on"],
            ]
        ),
    )

    class Meta:
        model = Project
        fields: list[str] = []

    filter_area = base.by_relation("area")
    filter_lead = base.by_relation("enterprise")
    filter_stage = base.by_word("stage")
    filter_currency = base.by_word("currency")
    filter_source = base.by_sources
    filter_state = base.by_word("state")

    def filter_sector(self, queryset: Any, name: str, chosen: Selection) -> QuerySet:
        found = queryset.in_sectors(chosen.things)
        return found | queryset.without_sector() if chosen.not_stated else found

    def filter_all_sectors(self, queryset: Any, name: str, chosen: Selection) -> QuerySet:
        for sector in chosen.things:
            queryset = queryset.in_sectors([sector])
        return queryset.without_sector() if chosen.not_stated else queryset

    def filter_enterprise(self, queryset: Any, name: str, chosen: Selection) -> QuerySet:
        found = queryset.with_enterprise(chosen.things)
        return found | queryset.without_enterprise() if chosen.not_stated else found

    def filter_origin(self, queryset: Any, name: str, chosen: Selection) -> QuerySet:
        wanted = Q(enterprise__origin__in=chosen.things)
        if chosen.not_stated:
            wanted |= Q(enterprise__isnull=True) | Q(enterprise__origin="")
        return queryset.filter(wanted)

    def filter_basis(self, queryset: Any, name: str, basis: str) -> QuerySet:
        return queryset.of_basis(basis, self.user)

    def filter_disclosed(self, queryset: Any, name: str, disclosed: bool) -> QuerySet:
        return queryset.disclosed() if disclosed else queryset.undisclosed()

    def filter_period(self, queryset: Any, name: str, chosen: Selection) -> QuerySet:
        if self.requested_basis == Basis.RECEIVED:
            return queryset  # Filtered by `receipts`.
        return queryset.filter(in_periods(self.date_column, chosen))

    def filter_queryset(self, queryset: Any) -> QuerySet:
        queryset = super().filter_queryset(queryset)
        if wanted := self.receipts():
            receipts = Receipt.objects.visible_to(self.user).filter(wanted)
            queryset = queryset.filter(Exists(receipts.filter(project=OuterRef("pk"))))
        return queryset

    @property
    def requested_basis(self) -> str | None:
        """The basis of a valid filter set; None for all. (`basis` is the filter.)"""
        return self.form.cleaned_data.get("basis")

    @property
    def date_column(self) -> str:
        """The column that `year` and `month` filter."""
        return "intended_on" if self.requested_basis == Basis.INTENDED else "signed_on"

    def receipts(self, prefix: str = "") -> Q:
        """The condition on receipts, with `prefix` before their columns. Empty for all receipts."""
        wanted = Q()
        if self.requested_basis == Basis.RECEIVED:
            for name in ("year", "month"):
                if chosen := self.cleaned_data[name]:
                    wanted &= in_periods(f"{prefix}received_on", chosen)
        if first := self.cleaned_data["received_after"]:
            wanted &= Q(**{f"{prefix}received_on__gte": first})
        if last := self.cleaned_data["received_before"]:
            wanted &= Q(**{f"{prefix}received_on__lte": last})
        return wanted
