"""The filter sets of proposals, and of the review queue with drafts as well."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from projects.models import REVIEWED, Area, Proposal, ProposalState, Reviewed

from . import base
from .fields import Selection


class EnteredBy(models.TextChoices):
    MINE = "mine", _("mine")
    OTHERS = "others", _("of others")


class ReviewState(models.TextChoices):
    """The state of a draft or proposal. A draft is waiting or returned."""

    WAITING = "waiting", _("waits for review")
    RETURNED = "returned", _("returned")
    ACCEPTED = "accepted", _("accepted")
    WITHDRAWN = "withdrawn", _("withdrawn")


STATE_OF = {
    ReviewState.WAITING: ProposalState.OPEN,
    ReviewState.RETURNED: ProposalState.RETURNED,
    ReviewState.ACCEPTED: ProposalState.ACCEPTED,
    ReviewState.WITHDRAWN: ProposalState.WITHDRAWN,
}


class ProposalFilterSet(base.RegisterFilterSet):
    state = base.VocabularyFilter(
        method="filter_state", label=_("state"), **base.choices_of(ProposalState)
    )
    noun = base.VocabularyFilter(
        method="filter_noun", label=_("kind of record"), **base.choices_of(Reviewed)
    )
    ordering = base.ChoiceFilter(
        method="no_op", label=_("order"), choices=base.orderings(["created_at"])
    )
    DEFAULT_ORDERING = "-created_at"
    TIE = "pk"

    class Meta:
        model = Proposal
        fields: list[str] = []

    filter_state = base.by_word("state")
    filter_noun = base.by_word("model_name")


class ReviewFilterSet(base.RegisterFilterSet):
    """Filters proposals; `projects.review.queue` filters drafts by the same values."""

    noun = base.VocabularyFilter(
        method="filter_noun",
        label=pgettext_lazy("kind of record", "what"),
        **base.choices_of(Reviewed),
    )
    area = base.CodesFilter(Area, method="filter_area", label=_("area"))
    whose = base.ChoiceFilter(
        method="filter_entered_by", label=_("whose"), choices=EnteredBy.values
    )
    state = base.VocabularyFilter(
        method="filter_state", label=_("state"), **base.choices_of(ReviewState)
    )
    # The longest waiting first.
    DEFAULT_ORDERING = "updated_at"
    TIE = "pk"

    class Meta:
        model = Proposal
        fields: list[str] = []

    filter_noun = base.by_word("model_name")

    def filter_area(self, queryset: QuerySet, name: str, chosen: Selection) -> QuerySet:
        wanted = Q()
        for model_name, model in REVIEWED.items():
            records = model._base_manager.filter(of_areas(model, chosen))
            wanted |= Q(model_name=model_name, record_id__in=records.values("pk"))
        return queryset.filter(wanted)

    def filter_entered_by(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        mine = Q(user=self.user)
        return queryset.filter(mine if value == EnteredBy.MINE else ~mine)

    def filter_state(self, queryset: QuerySet, name: str, chosen: Selection) -> QuerySet:
        return queryset.filter(state__in=[STATE_OF[ReviewState(one)] for one in chosen.things])


def of_areas(model: Any, chosen: Selection) -> Q:
    """Records of a model in one of the selected areas; sources have none."""
    if model.AREA is None:
        return Q() if chosen.not_stated else Q(pk__in=[])
    wanted = Q(**{f"{model.AREA}__in": chosen.things})
    return wanted | Q(**{f"{model.AREA}__isnull": True}) if chosen.not_stated else wanted
