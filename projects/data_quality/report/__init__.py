"""The data-quality report: errors (broken rules) and warnings (suspicious data).

Nothing is written. Records are read 500 at a time, each batch with a fixed number of
queries. Records that cannot be read are reported as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import partial

from django.utils import timezone

from projects import data_quality
from projects.models import Project, Receipt
from projects.models.registry import register_models

from . import cross_record, derived_rows
from .finding import ERRORS, Batch, Finding, Rule, all_of, readably
from .records import of_records, outliers


def findings(today: date | None = None) -> Iterator[Finding]:
    """Yield all errors and warnings, model by model.

    About 30 queries for each 500 records and 60 more. Memory grows only with the names
    of enterprises and with headlines, which are compared with each other.
    """
    today = today or timezone.localdate()
    detector = data_quality.OutlierDetector.of_all()
    for model in register_models():
        checks: list[Callable[[Batch], Iterable[Finding]]] = [
            partial(of_records, today=today),
            derived_rows.histories,
        ]
        if model is Project:
            checks += [derived_rows.derived_rows, derived_rows.parts]
        if model in (Project, Receipt):
            checks.append(partial(outliers, detector=detector))
        for batch in all_of(model):
            for check in checks:
                yield from readably(check, batch)
        yield from cross_record.not_unique(model)
        yield from cross_record.references_to_drafts(model)
    yield from cross_record.missing_references()
    yield from cross_record.published_figures()
    yield from cross_record.possible_duplicates()
