"""The filter set of imported files."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from projects.models import BatchState, ImportBatch

from . import base


class ImportBatchFilterSet(base.RegisterFilterSet):
    state = base.VocabularyFilter(
        method="filter_state", label=_("state"), **base.choices_of(BatchState)
    )
    ordering = base.ChoiceFilter(
        method="no_op", label=_("order"), choices=base.orderings(["created_at"])
    )
    DEFAULT_ORDERING = "-created_at"
    TIE = "pk"

    class Meta:
        model = ImportBatch
        fields: list[str] = []

    filter_state = base.by_word("state")
