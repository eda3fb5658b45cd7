"""The form with which a user decides about similar names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.http import QueryDict
from django.utils.translation import gettext

from projects.imports import batches
from projects.imports.lookup import NEW
from projects.models import ImportBatch

# The most names on a page; others follow once these are decided.
MOST_NAMES = 100


@dataclass(frozen=True)
class NameChoice:
    """One name and the records that it may be of, as code and label."""

    field: str
    name: str
    kind: Any
    alike: list[tuple[str, str]]


def name_choices(batch: ImportBatch) -> list[NameChoice]:
    """The names to be decided about. No query."""
    return [
        NameChoice(
            f"name-{number}",
            one["name"],
            apps.get_model("projects", one["key"].partition(":")[0])._meta.verbose_name,
            [(code, label) for code, _score, label in one["alike"]],
        )
        for number, one in enumerate(batch.undecided[:MOST_NAMES])
    ]


def read_decisions(data: QueryDict, batch: ImportBatch) -> dict[str, str]:
    """The decisions in a form, about some or all of the names. Raises BatchError."""
    decisions = {}
    for number, one in enumerate(batch.undecided[:MOST_NAMES]):
        decision = data.get(f"name-{number}", "")
        if decision and decision not in (NEW, *(code for code, _score, _label in one["alike"])):
            raise batches.BatchError(
                gettext("“%(name)s”: choose one of the records shown.") % {"name": one["name"]}
            )
        if decision:
            decisions[one["key"]] = decision
    if not decisions:
        raise batches.BatchError(gettext("Choose a record for at least one name."))
    return decisions
