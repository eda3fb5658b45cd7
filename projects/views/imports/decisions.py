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
class Question:
    """One name and the records that it may be of, as code and label."""

    field: str
    name: str
    noun: Any
    alike: list[tuple[str, str]]


def questions(batch: ImportBatch) -> list[Question]:
    """The names to be decided about. No query."""
    return [
        Question(
            f"name-{number}",
            one["name"],
            apps.get_model("projects", one["key"].partition(":")[0])._meta.verbose_name,
            [(code, label) for code, _score, label in one["alike"]],
        )
        for number, one in enumerate(batch.undecided[:MOST_NAMES])
    ]


def answers(data: QueryDict, batch: ImportBatch) -> dict[str, str]:
    """The decisions in a form, about some or all of the names. Raises BatchError."""
    said = {}
    for number, one in enumerate(batch.undecided[:MOST_NAMES]):
        meant = data.get(f"name-{number}", "")
        if meant and meant not in (NEW, *(code for code, _score, _label in one["alike"])):
            raise batches.BatchError(
                gettext("“%(name)s”: choose one of the records shown.") % {"name": one["name"]}
            )
        if meant:
            said[one["key"]] = meant
    if not said:
        raise batches.BatchError(gettext("Choose a record for at least one name."))
    return said
