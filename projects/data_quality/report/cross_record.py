"""Checks across records: uniqueness, references, contradictions, duplicates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.db.models import Count, Exists, OuterRef
from django.utils.translation import gettext as _

from projects import data_quality, names
from projects.models import Enterprise, Headline, State
from projects.models.base import ReviewedModel
from projects.models.chunking import batches, batches_by_pk
from projects.names import similarity
from projects.totals import reconciliation

from .finding import Batch, Finding, Rule, all_have, all_of, readably


def not_unique(model: Any) -> Iterator[Finding]:
    """Violations of unique constraints. One query for each constraint."""
    for constraint in model._meta.constraints:
        if not isinstance(constraint, models.UniqueConstraint):
            continue
        expressions = [*constraint.fields, *constraint.expressions]
        alike = {f"same_{n}": _expression(one) for n, one in enumerate(expressions)}
        records = model._base_manager.filter(constraint.condition or models.Q()).annotate(**alike)
        groups = records.order_by().values(*alike).annotate(count=Count("pk")).filter(count__gt=1)
        for group in groups:
            group.pop("count")
            sentence = str(constraint.get_violation_error_message())
            yield from all_have(Rule.NOT_UNIQUE, model, records.filter(**group), "", sentence)


def _expression(column: Any) -> Any:
    return models.F(column) if isinstance(column, str) else column


def missing_references() -> Iterator[Finding]:
    """References to records that do not exist, in all tables.

    One query for each column, but on SQLite one query if there are none. History is left
    out, as it may refer to deleted records.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            if cursor.execute("PRAGMA foreign_key_check").fetchone() is None:
                return
    for model in apps.get_app_config("projects").get_models(include_auto_created=True):
        if hasattr(model, "history_object") or hasattr(model, "instance_type"):
            continue
        for field in model._meta.concrete_fields:
            if not field.is_relation or not field.db_constraint:
                continue
            target = field.related_model._base_manager.filter(pk=OuterRef(field.attname))
            lost = model._base_manager.filter(
                ~Exists(target), **{f"{field.attname}__isnull": False}
            )
            sentence = _("It refers to a record (%(noun)s) that does not exist.") % {
                "noun": field.related_model._meta.verbose_name
            }
            yield from all_have(Rule.DANGLING, model, lost, field.name, sentence)


def references_to_drafts(model: Any) -> Iterator[Finding]:
    """Public records of a model that refer to drafts, which reveals the drafts.

    One query for each relation.
    """
    records = model._base_manager.all()
    if issubclass(model, ReviewedModel):
        records = records.filter(state=State.PUBLISHED)
    for field in (*model._meta.concrete_fields, *model._meta.many_to_many):
        if not field.is_relation or not issubclass(field.related_model, ReviewedModel):
            continue
        referring = records.filter(**{f"{field.name}__state": State.DRAFT}).distinct()
        sentence = _(
            "It is published and refers to a draft (%(noun)s): publish that, or remove the "
            "reference."
        ) % {"noun": field.related_model._meta.verbose_name}
        yield from all_have(Rule.DRAFT, model, referring, field.name, sentence)


def published_figures() -> Iterator[Finding]:
    """Headlines that contradict each other (reported once, for the later one) or their records."""
    for batch in all_of(Headline):
        # Headlines that cannot be read have been reported before.
        for finding in readably(_published, batch):
            if finding.rule != Rule.UNREADABLE:
                yield finding


def _published(batch: Batch) -> Iterator[Finding]:
    # Each headline adds several columns to a query, and databases limit their number.
    for some in batches(batch.records.select_related("zone", "area", "source"), 50):
        for reconciled in reconciliation.reconcile(some, user=None):
            headline = reconciled.headline
            for sentence in data_quality.OutlierDetector.headline(headline, reconciled.itemised):
                yield batch.finding(Rule.OUTLIER, headline.pk, "value", sentence)
            for other in reconciled.conflicts:
                if (other.as_of, other.pk) < (headline.as_of, headline.pk):
                    sentence = _(
                        "%(value)s as of %(day)s, but “%(code)s” says %(other)s as of "
                        "%(other_day)s."
                    ) % {
                        "value": f"{headline.value:,}",
                        "day": headline.as_of,
                        "code": other.code,
                        "other": f"{other.value:,}",
                        "other_day": other.as_of,
                    }
                    yield batch.finding(Rule.CONTRADICTION, headline.pk, "value", sentence)


def possible_duplicates() -> Iterator[Finding]:
    """Enterprises whose names only differ in width, case, punctuation or legal form.

    Two with different legal forms and two social credit codes are different enterprises.
    """
    by_name: dict[str, str] = {}
    by_core: dict[str, tuple[str, str]] = {}
    columns = ("code", "name", "name_zh", "uscc")
    for enterprises in batches_by_pk(Enterprise.objects.only(*columns)):
        for one in enterprises:
            for field in ("name", "name_zh"):
                name = getattr(one, field)
                if not (normalised := names.normalise(name)):
                    continue
                same = by_name.setdefault(normalised, one.code)
                near, uscc = by_core.setdefault(similarity.core_name(name), (one.code, one.uscc))
                if same != one.code:
                    sentence = _("“%(name)s” is also the name of “%(code)s”.")
                elif near != one.code and not (uscc and one.uscc):
                    sentence = _(
                        "“%(name)s” is also the name of “%(code)s”, apart from the legal form."
                    )
                    same = near
                else:
                    continue
                sentence %= {"name": name, "code": same}
                yield Finding(Rule.DUPLICATE, "enterprise", one.code, field, sentence)
