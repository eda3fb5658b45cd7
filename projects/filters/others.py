"""The filter sets of the other models."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from projects.models import (
    Area,
    Enterprise,
    EnterpriseKind,
    ExchangeRate,
    Headline,
    HeadlineKind,
    Project,
    Receipt,
    Sector,
    Source,
    Zone,
    contracted_of_area,
)

from . import base


class OrderedFilterSet(base.RegisterFilterSet):
    """A filter set with the parameters that all of these models share."""

    updated_after = base.DateOrDateTimeFilter(
        label=_("changed from"), **base.from_bound("updated_at")
    )
    updated_before = base.DateOrDateTimeFilter(
        label=_("changed up to"), end=True, **base.up_to_bound("updated_at")
    )


def ordering(*columns: str) -> Any:
    return base.ChoiceFilter(
        method="no_op", label=_("order"), choices=base.orderings([*columns, "updated_at"])
    )


class ZoneFilterSet(OrderedFilterSet):
    source = base.CodesFilter(Source, method="filter_source", label=_("source"))
    search = base.SearchFilter(**base.SEARCH)
    ordering = ordering("code", "name", "established_on")

    class Meta:
        model = Zone
        fields: list[str] = []

    filter_source = base.by_sources


class AreaFilterSet(OrderedFilterSet):
    zone = base.CodesFilter(Zone, method="filter_zone", label=_("zone"))
    source = base.CodesFilter(Source, method="filter_source", label=_("source"))
    search = base.SearchFilter(**base.SEARCH)
    ordering = ordering("code", "name", "unveiled_on", "size_km2", "zone", "contracted")
    ORDERINGS = {"zone": "zone_label", "contracted": "contracted_sum"}
    COMPUTED = {
        "zone_label": base.label_of("zone"),
        "contracted_sum": lambda filterset: contracted_of_area(filterset.user),
    }

    class Meta:
        model = Area
        fields: list[str] = []

    filter_zone = base.by_relation("zone")
    filter_source = base.by_sources


class SectorFilterSet(OrderedFilterSet):
    source = base.CodesFilter(Source, method="filter_source", label=_("source"))
    search = base.SearchFilter(**base.SEARCH)
    ordering = ordering("code", "name")

    class Meta:
        model = Sector
        fields: list[str] = []

    filter_source = base.by_sources


class EnterpriseFilterSet(OrderedFilterSet):
    area = base.CodesFilter(Area, method="filter_area", label=_("area"))
    origin = base.VocabularyFilter(method="filter_origin", label=_("origin"), **base.PLACES)
    kind = base.VocabularyFilter(
        method="filter_kind", label=_("kind"), **base.choices_of(EnterpriseKind)
    )
    settled_after = base.DateFilter(label=_("settled from"), **base.from_bound("settled_on"))
    settled_before = base.DateFilter(label=_("settled up to"), **base.up_to_bound("settled_on"))
    settled_by = base.DateFilter(method="filter_settled", label=_("settled by, or without a date"))
    contracted_by = base.DateFilter(
        method="filter_contracted", label=_("with a project contracted by")
    )
    source = base.CodesFilter(Source, method="filter_source", label=_("source"))
    search = base.SearchFilter(**base.SEARCH)
    state = base.state()
    ordering = ordering("code", "name", "uscc", "settled_on", "area", "origin", "kind")
    ORDERINGS = {
        "area": "area_label",
        "origin": "origin_stated",
        "kind": "kind_stated",
        "uscc": "uscc_stated",
    }
    COMPUTED = {
        "uscc_stated": base.null_if_empty("uscc"),
        "area_label": base.label_of("area"),
        "origin_stated": base.null_if_empty("origin"),
        "kind_stated": base.null_if_empty("kind"),
    }

    class Meta:
        model = Enterprise
        fields: list[str] = []

    filter_state = base.by_word("state")
    filter_area = base.by_relation("area")
    filter_origin = base.by_word("origin")
    filter_kind = base.by_word("kind")
    filter_source = base.by_sources

    def filter_settled(self, queryset: Any, name: str, day: Any) -> QuerySet:
        return queryset.settled(by=day)

    def filter_contracted(self, queryset: Any, name: str, day: Any) -> QuerySet:
        return queryset.with_contract(self.user, by=day)


class SourceFilterSet(OrderedFilterSet):
    MAIN = ("search", "published_after", "published_before", "ordering")
    published_after = base.DateFilter(label=_("published from"), **base.from_bound("published_on"))
    published_before = base.DateFilter(
        label=_("published up to"), **base.up_to_bound("published_on")
    )
    search = base.SearchFilter(**base.SEARCH)
    state = base.state()
    ordering = ordering("code", "title", "published_on", "publisher")
    ORDERINGS = {"publisher": "publisher_stated"}
    COMPUTED = {"publisher_stated": base.null_if_empty("publisher")}
    DEFAULT_ORDERING = "-published_on"

    class Meta:
        model = Source
        fields: list[str] = []

    filter_state = base.by_word("state")


class HeadlineFilterSet(OrderedFilterSet):
    MAIN = ("ordering",)
    zone = base.CodesFilter(Zone, method="filter_zone", label=_("zone"))
    area = base.CodesFilter(Area, method="filter_area", label=_("area"))
    what = base.VocabularyFilter(
        method="filter_what", label=_("what"), **base.choices_of(HeadlineKind)
    )
    source = base.CodesFilter(Source, method="filter_source", label=_("source"))
    state = base.state()
    ordering = ordering("code", "as_of")
    DEFAULT_ORDERING = "-as_of"

    class Meta:
        model = Headline
        fields: list[str] = []

    filter_state = base.by_word("state")
    filter_zone = base.by_relation("zone")
    filter_area = base.by_relation("area")
    filter_what = base.by_word("what")
    filter_source = base.by_relation("source")


class ReceiptFilterSet(OrderedFilterSet):
    project = base.CodesFilter(Project, method="filter_project", label=_("project"))
    currency = base.VocabularyFilter(
        method="filter_currency", label=_("currency"), **base.CURRENCIES
    )
    received_after = base.DateFilter(label=_("received from"), **base.from_bound("received_on"))
    received_before = base.DateFilter(label=_("received up to"), **base.up_to_bound("received_on"))
    source = base.CodesFilter(Source, method="filter_source", label=_("source"))
    state = base.state()
    ordering = ordering("received_on", "amount")
    DEFAULT_ORDERING = "received_on"
    TIE = "pk"

    class Meta:
        model = Receipt
        fields: list[str] = []

    filter_state = base.by_word("state")
    filter_project = base.by_relation("project")
    filter_currency = base.by_word("currency")
    filter_source = base.by_relation("source")


class RateFilterSet(OrderedFilterSet):
    from_currency = base.VocabularyFilter(method="filter_from", label=_("from"), **base.CURRENCIES)
    to_currency = base.VocabularyFilter(method="filter_to", label=_("to"), **base.CURRENCIES)
    quoted_after = base.DateFilter(label=_("quoted from"), **base.from_bound("quoted_on"))
    quoted_before = base.DateFilter(label=_("quoted up to"), **base.up_to_bound("quoted_on"))
    source = base.CodesFilter(Source, method="filter_source", label=_("source"))
    ordering = ordering("quoted_on")
    DEFAULT_ORDERING = "-quoted_on"
    TIE = "pk"

    class Meta:
        model = ExchangeRate
        fields: list[str] = []

    filter_from = base.by_word("from_currency")
    filter_to = base.by_word("to_currency")
    filter_source = base.by_relation("source")
