"""Checks of the rows that belong to a record: its history and its derived rows."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F, Max
from django.utils.translation import gettext as _

from projects import conversion
from projects.models import (
    Allocation,
    ProjectConversion,
    ReceiptConversion,
    base_currency,
)
from projects.models.fields import ExactSum

from .finding import Batch, Finding, Rule
from .records import money_in_words


def histories(batch: Batch) -> Iterator[Finding]:
    """Records that differ from their newest row of history."""
    tracker = batch.model.register_history
    records = list(batch.records)
    now, then = tracker.current_rows(records), tracker.last_rows(records)
    history = batch.model.history.model.objects
    newest = (
        history.filter(id__in=list(batch.codes)).values("id").annotate(newest=Max("history_id"))
    )
    versions = dict(
        history.filter(history_id__in=newest.values("newest")).values_list("id", "version")
    )
    for record in records:
        if record.pk not in then:
            sentence = _("It has no row of history: save it once in the admin.")
        elif now[record.pk] != then[record.pk]:
            sentence = _(
                "It was changed without a row of history: compare it with its newest one, and "
                "save it once in the admin."
            )
        elif versions[record.pk] != record.version:
            sentence = _("It is version %(version)s, but its newest row of history is %(row)s.") % {
                "version": record.version,
                "row": versions[record.pk],
            }
        else:
            continue
        yield batch.finding(Rule.HISTORY, record.pk, "", sentence)


def derived_rows(batch: Batch) -> Iterator[Finding]:
    sentence = _(
        "Its amounts in %(currency)s, or their parts, do not match its amount, rates and "
        "sectors: run manage.py rebuild."
    ) % {"currency": base_currency()}
    for key in conversion.differing(list(batch.codes)):
        yield batch.finding(Rule.DERIVED, key, "", sentence)


def parts(batch: Batch) -> Iterator[Finding]:
    """Parts that do not add up to their amount: finds errors in the code that derives them."""
    keys = list(batch.codes)
    wholes = dict(
        ProjectConversion.objects.filter(project__in=keys).values_list("project_id", "amount_base")
    )
    received = dict(
        ReceiptConversion.objects.filter(receipt__project__in=keys).values_list(
            "receipt_id", "amount_base"
        )
    )
    sums = (
        Allocation.objects.filter(project__in=keys)
        .order_by("project", F("receipt").asc(nulls_first=True))
        .values_list("project_id", "receipt_id")
        .annotate(sum=ExactSum("amount_base"))
    )
    for project, receipt, total in sums:
        whole = wholes.get(project) if receipt is None else received.get(receipt)
        if total != whole:
            sentence = _(
                "The parts by sector make %(sum)s, but the amount is %(whole)s: run manage.py "
                "rebuild."
            ) % {
                "sum": money_in_words(total, base_currency()),
                "whole": money_in_words(whole, base_currency()),
            }
            yield batch.finding(Rule.PARTS, project, "received" if receipt else "amount", sentence)
