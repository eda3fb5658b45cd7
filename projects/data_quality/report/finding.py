"""Findings of the report, and how records are read and checked in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.models.chunking import batches_by_pk

# Errors raised by columns with values of the wrong type, which SQLite permits.
UNREADABLE = (ArithmeticError, TypeError, ValueError)


class Rule(models.TextChoices):
    """The kinds of findings. Those in ERRORS are errors; the others are warnings."""

    UNREADABLE = "unreadable", gettext_lazy("cannot be read")
    REFUSED = "refused", gettext_lazy("breaks a rule")
    DANGLING = "dangling", gettext_lazy("refers to a missing record")
    DERIVED = "derived", gettext_lazy("derived figures are wrong")
    PARTS = "parts", gettext_lazy("parts do not add up to their amount")
    SEARCH_KEY = "search_key", gettext_lazy("not found by its name")
    HISTORY = "history", gettext_lazy("history does not match")
    NOT_UNIQUE = "not_unique", gettext_lazy("duplicates of a unique value")
    DRAFT = "draft", gettext_lazy("published, and refers to a draft")

    CONTRADICTION = "contradiction", gettext_lazy("headlines contradict each other")
    AMOUNT_TEXT = "amount_text", gettext_lazy("amount differs from its text")
    OUTLIER = "outlier", gettext_lazy("amount is an outlier")
    LEFT_OUT = "left_out", gettext_lazy("not converted, and left out of totals")
    NO_SIGNING_DATE = "no_signing_date", gettext_lazy("contracted without a signing date")
    STAGE = "stage", gettext_lazy("stage and dates do not agree")
    FUTURE = "future", gettext_lazy("a date in the future")
    DUPLICATE = "duplicate", gettext_lazy("possible duplicate enterprise")
    USCC = "uscc", gettext_lazy("social credit code to be checked")
    NO_SOURCE = "no_source", gettext_lazy("has no source")
    NO_SECTOR = "no_sector", gettext_lazy("has no sector")
    NO_AREA = "no_area", gettext_lazy("has no area")


ERRORS = frozenset(
    {
        Rule.UNREADABLE,
        Rule.REFUSED,
        Rule.DANGLING,
        Rule.DERIVED,
        Rule.PARTS,
        Rule.SEARCH_KEY,
        Rule.HISTORY,
        Rule.NOT_UNIQUE,
        Rule.DRAFT,
    }
)


@dataclass(frozen=True)
class Finding:
    """One error or warning about one record; `code` is the id if the model has no codes.

    `field` is empty if it concerns the record as a whole.
    """

    rule: Rule
    model_name: str
    code: str
    field: str
    sentence: str

    @property
    def is_error(self) -> bool:
        return self.rule in ERRORS


@dataclass(frozen=True)
class Batch:
    """Some records of one model: their codes by key."""

    model: Any
    codes: dict[int, str]

    @property
    def records(self) -> Any:
        return self.model._base_manager.filter(pk__in=list(self.codes)).order_by("pk")

    def finding(self, rule: Rule, key: int, field: str, sentence: str) -> Finding:
        return Finding(rule, self.model._meta.model_name, self.codes[key], field, sentence)


def all_of(model: Any, records: Any = None) -> Iterator[Batch]:
    """Yield batches of all records of a model, or of `records`; only reads keys and codes."""
    records = model._base_manager.all() if records is None else records
    code = "code" if any(field.name == "code" for field in model._meta.fields) else "pk"
    for found in batches_by_pk(records.only(code)):
        yield Batch(model, {one.pk: str(getattr(one, code)) for one in found})


def all_have(rule: Rule, model: Any, records: Any, field: str, sentence: str) -> Iterator[Finding]:
    """The same finding about each of these records."""
    for batch in all_of(model, records):
        for key in batch.codes:
            yield batch.finding(rule, key, field, sentence)


def readably(check: Callable[[Batch], Iterable[Finding]], batch: Batch) -> Iterator[Finding]:
    """The findings of `check`; record by record if something in the batch cannot be read."""
    try:
        found = _confirmed(check, batch)
    except UNREADABLE as error:
        if len(batch.codes) > 1:
            for key, code in batch.codes.items():
                yield from readably(check, Batch(batch.model, {key: code}))
            return
        [key] = batch.codes
        sentence = _(
            "The record or a row that belongs to it cannot be read (%(error)s): correct it in "
            "the database."
        ) % {"error": error}
        found = [batch.finding(Rule.UNREADABLE, key, "", sentence)]
    yield from found


def _confirmed(check: Callable[[Batch], Iterable[Finding]], batch: Batch) -> list[Finding]:
    """The findings of `check`; errors only if it finds them twice.

    A write between two of its queries would make it compare two states of a record.
    """
    found = list(check(batch))
    wrong = {finding.code for finding in found if finding.is_error}
    if not wrong:
        return found
    suspects = {key: code for key, code in batch.codes.items() if code in wrong}
    again = set(check(Batch(batch.model, suspects)))
    return [finding for finding in found if not finding.is_error or finding in again]
