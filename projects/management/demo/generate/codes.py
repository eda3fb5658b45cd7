"""The codes of generated records, which distinguish them from real ones."""

from __future__ import annotations

from django.db.models import Max
from django.utils.translation import gettext as _

from projects.models import Enterprise, Project
from projects.models.registry import coded_models

PREFIX = "fill-"
# Numbers have seven digits, so that codes sort in order.
MOST = 9_999_999

# Models whose last number is read, to continue from.
_NUMBERED = {
    Project: rf"^{PREFIX}[0-9]{{7}}$",
    Enterprise: rf"^{PREFIX}e-[0-9]{{7}}$",
}


class RealRecordsError(Exception):
    """The register contains a record that was not generated; the message names it."""


def project_code(number: int) -> str:
    return f"{PREFIX}{number:07d}"


def enterprise_code(number: int) -> str:
    return f"{PREFIX}e-{number:07d}"


def last_number(model: type[Project] | type[Enterprise]) -> int:
    """The number of the last generated record; 0 before the first. One query."""
    code = model.objects.aggregate(last=Max("code"))["last"]
    return int(code.rpartition("-")[2]) if code else 0


def refuse_real_records() -> None:
    """Raise RealRecordsError if the register contains a record that was not generated."""
    for model in coded_models():
        real = model._base_manager.exclude(code__regex=_NUMBERED.get(model, f"^{PREFIX}"))
        if found := real.order_by("code").first():
            raise RealRecordsError(
                _(
                    "This register contains real records (%(noun)s “%(code)s”), which must not be "
                    "mixed with generated ones: set DATABASE_URL to an empty database, migrate it, "
                    "and fill that."
                )
                % {"noun": model._meta.verbose_name, "code": found.code}
            )
