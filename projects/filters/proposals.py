"""The filter set of proposals."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from projects.models import Proposal, ProposalState, Reviewed

from . import base


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
