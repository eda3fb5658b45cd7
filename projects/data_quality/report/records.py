"""Checks of single records: the model's rules (errors), and suspicious values (warnings)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils.translation import gettext as _

from projects import data_quality, history
from projects.conversion import stale_search_keys
from projects.models import (
    STAGE_DATES,
    Enterprise,
    Outcome,
    Project,
    Qualifier,
    Receipt,
    Sector,
    Stage,
    amount_parsing,
)
from projects.names import credit_codes

from .finding import UNREADABLE, Batch, Finding, Rule


def of_records(batch: Batch, today: date) -> Iterator[Finding]:
    """Check the records of a batch for broken rules, suspicious values and old search keys."""
    suspects = _breaking_constraints(batch)
    records = batch.records
    if batch.model is Project:
        records = records.select_related("conversion").prefetch_related(
            "shares", "partners", "sources"
        )
    if batch.model is Receipt:
        records = records.select_related("conversion")
    records = list(records)
    for record in records:
        for field, sentence in _refusals(record, record.pk in suspects):
            yield batch.finding(Rule.REFUSED, record.pk, field, sentence)
        for rule, field, sentence in _warnings(record, today):
            yield batch.finding(rule, record.pk, field, sentence)
    if hasattr(batch.model, "make_search_key"):
        for record in stale_search_keys(records):
            sentence = _("The search key does not match its names: run manage.py rebuild.")
            yield batch.finding(Rule.SEARCH_KEY, record.pk, "search_key", sentence)


def _breaking_constraints(batch: Batch) -> set[int]:
    """The keys of records that break a check constraint. One query."""
    conditions = [
        constraint.condition
        for constraint in batch.model._meta.constraints
        if isinstance(constraint, models.CheckConstraint)
    ]
    if not conditions:
        return set()
    return set(batch.records.exclude(*conditions).values_list("pk", flat=True))


def _refusals(record: Any, breaks_constraint: bool) -> Iterator[tuple[str, str]]:
    """The errors of `full_clean` and of the rules for links, without their queries.

    References and uniqueness are checked for all records at once in `cross_record`.
    """
    references = {field.name for field in record._meta.fields if field.is_relation}
    problems: dict[str, list[ValidationError]] = {}

    def check(rule: Callable[..., None], *args: Any, **kwargs: Any) -> None:
        try:
            rule(*args, **kwargs)
        except ValidationError as error:
            for field, errors in error.update_error_dict({}).items():
                problems.setdefault(field, []).extend(errors)

    check(record.clean_fields, exclude=references)
    check(record.clean)
    if breaks_constraint:
        check(record.validate_constraints, exclude=set(problems))
    if isinstance(record, Project):
        # By key only, so that the sectors need not be read.
        shares = [(Sector(pk=share.sector_id), share.share) for share in record.shares.all()]
        check(history.check_links, record, sectors=shares, partners=list(record.partners.all()))
    for field, errors in problems.items():
        for sentence in ValidationError(errors).messages:
            yield "" if field == NON_FIELD_ERRORS else field, sentence


Warned = tuple[Rule, str, str]


def _warnings(record: Any, today: date) -> Iterator[Warned]:
    for field in record._meta.fields:
        day = getattr(record, field.attname)
        if type(field) is models.DateField and isinstance(day, date) and day > today:
            yield Rule.FUTURE, field.name, _("%(day)s is in the future.") % {"day": day}
    match record:
        case Enterprise():
            problem = credit_codes.uscc_problem(record.uscc) if record.uscc else None
            if problem and problem.is_warning:
                yield Rule.USCC, "uscc", _(problem.message) % problem.params
        case Project():
            yield from _unstated(record)
            yield from _stage(record)
            yield from _conversion(record, record.conversion_day)
            yield from _words(record)
        case Receipt():
            yield from _conversion(record, record.received_on)
            yield from _words(record)


def _unstated(project: Project) -> Iterator[Warned]:
    if not project.sources.all():
        yield Rule.NO_SOURCE, "sources", _("No source says where this was published.")
    if not project.shares.all():
        yield Rule.NO_SECTOR, "sectors", _("Totals by sector count it as not stated.")
    if project.area_id is None:
        yield Rule.NO_AREA, "area", _("Totals by area count it as not stated.")


def _stage(project: Project) -> Iterator[Warned]:
    if project.is_contracted and project.signed_on is None:
        yield (
            Rule.NO_SIGNING_DATE,
            "signed_on",
            _("Headlines and totals by year cannot count it, and no rate of the day is known."),
        )
    stages = list(STAGE_DATES)
    if project.stage not in stages:
        return
    reached = stages.index(Stage(project.stage))
    own = STAGE_DATES[stages[reached]]
    if getattr(project, own) is None and project.stage != Stage.SIGNED:
        yield (
            Rule.STAGE,
            own,
            _("The stage is “%(stage)s”, but the date of it is not given.")
            % {"stage": project.get_stage_display()},
        )
    for later in stages[reached + 1 :]:
        day = getattr(project, STAGE_DATES[later])
        if day is not None:
            yield (
                Rule.STAGE,
                STAGE_DATES[later],
                _("The stage is “%(stage)s”, but “%(later)s” has a date: %(day)s.")
                % {"stage": project.get_stage_display(), "later": later.label, "day": day},
            )


def _conversion(record: Any, day: date | None) -> Iterator[Warned]:
    conversion = getattr(record, "conversion", None)
    if conversion is None or conversion.outcome != Outcome.LEFT_OUT:
        return
    params = {
        "amount": f"{record.amount:,}",
        "currency": record.currency,
        "base": conversion.base_currency,
        "day": day,
    }
    if day is None:
        sentence = _(
            "There is no date to choose the rate that converts %(amount)s %(currency)s into "
            "%(base)s."
        )
    else:
        sentence = _(
            "There is no rate valid on %(day)s to convert %(amount)s %(currency)s into %(base)s."
        )
    yield Rule.LEFT_OUT, "amount", sentence % params


# Units by which a heading may have multiplied a plain number: 千, 万, 百万, 亿, billion.
_UNITS_OF_HEADINGS = {Decimal(10) ** power for power in (3, 4, 6, 8, 9)}
_BARE_NUMBER = re.compile(r"-?[0-9][0-9.,\s]*")


def _words(record: Any) -> Iterator[Warned]:
    """Compare an amount with its text, parsed again."""
    if not record.amount_text:
        return
    try:
        read = amount_parsing.parse_amount(
            record.amount_text,
            currency=record.currency,
            qualifier=Qualifier.EXACT,
            amount_text=record.amount_text,
            negative=isinstance(record, Receipt),
        )
    except ValidationError:
        # Text that cannot be parsed does not contradict the amount.
        return
    is_bare = _BARE_NUMBER.fullmatch(record.amount_text.strip())
    if is_bare and read.amount and (record.amount or 0) / read.amount in _UNITS_OF_HEADINGS:
        return
    if (read.amount, read.currency) != (record.amount, record.currency):
        yield (
            Rule.AMOUNT_TEXT,
            "amount",
            _("“%(text)s” reads as %(read)s, but the amount is %(amount)s.")
            % {
                "text": record.amount_text,
                "read": money_in_words(read.amount, read.currency),
                "amount": money_in_words(record.amount, record.currency),
            },
        )
    qualifier = getattr(record, "qualifier", read.qualifier)
    if read.qualifier not in (Qualifier.EXACT, qualifier):
        yield (
            Rule.AMOUNT_TEXT,
            "qualifier",
            _("“%(text)s” says “%(read)s”, but the qualifier is “%(qualifier)s”.")
            % {
                "text": record.amount_text,
                "read": Qualifier(read.qualifier).label,
                "qualifier": record.get_qualifier_display(),
            },
        )


def money_in_words(amount: Decimal | None, currency: str) -> str:
    return _("undisclosed") if amount is None else f"{amount:,} {currency}"


def outliers(batch: Batch, detector: data_quality.OutlierDetector) -> Iterator[Finding]:
    """Amounts of projects or receipts that are outliers, perhaps in the wrong unit.

    At most six queries, and those for the peers of sectors and areas that are not cached.
    """
    records: list[Any]
    try:
        if batch.model is Project:
            contexts = [
                # A missing sector is reported on its own.
                data_quality.AmountContext(
                    project,
                    [share.sector for share in project.shares.all() if hasattr(share, "sector")],
                    list(project.sources.all()),
                )
                for project in batch.records.select_related("area").prefetch_related(
                    "shares__sector", "sources"
                )
            ]
            records = [context.project for context in contexts]
            warnings = detector.projects(contexts)
        else:
            records = list(batch.records.select_related("project"))
            warnings = detector.receipts(records)
    except UNREADABLE:
        # Records that cannot be read, which may be those to compare with, are reported on
        # their own and must be corrected first.
        return
    for record, sentences in zip(records, warnings, strict=True):
        for sentence in sentences:
            yield batch.finding(Rule.OUTLIER, record.pk, "amount", sentence)
