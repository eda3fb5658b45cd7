"""Check that no published record refers to a draft, which would reveal the draft."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from projects.models import State
from projects.models.base import ReviewedModel

from .finding import Finding, Rule, all_of


def resting_on_drafts(model: Any) -> Iterator[Finding]:
    """Public records of a model that refer to drafts. One query for each relation."""
    records = model._base_manager.all()
    if issubclass(model, ReviewedModel):
        records = records.filter(state=State.PUBLISHED)
    for field in (*model._meta.concrete_fields, *model._meta.many_to_many):
        if not field.is_relation or not issubclass(field.related_model, ReviewedModel):
            continue
        resting = records.filter(**{f"{field.name}__state": State.DRAFT}).distinct()
        for batch in all_of(model, resting):
            for key in batch.codes:
                sentence = _(
                    "It is published and refers to a draft (%(noun)s): publish that, or remove "
                    "the reference."
                ) % {"noun": field.related_model._meta.verbose_name}
                yield batch.finding(Rule.DRAFT, key, field.name, sentence)
