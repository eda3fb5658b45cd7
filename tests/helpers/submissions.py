"""Records that users submit for review."""

from __future__ import annotations

from typing import Any

from projects import review
from projects.models import Enterprise, Headline, Project, Receipt, Source
from projects.models.permissions import Role
from tests.factories import (
    UNVEILED,
    make_area,
    make_enterprise,
    make_headline,
    make_project,
    make_receipt,
    make_source,
)

# A published record of each reviewed model.
MAKERS = {
    Source: make_source,
    Enterprise: make_enterprise,
    Project: make_project,
    Receipt: make_receipt,
    Headline: make_headline,
}
LINKS = ("sources", "partners", "sectors")
# A text column of each.
WORDS = {Source: "title", Enterprise: "note", Project: "note", Receipt: "note", Headline: "note"}


def entered(user: Any, model: Any, **given: Any) -> Any:
    """A new record as the user submits it."""
    links = {name: given.pop(name) for name in LINKS if name in given}
    return review.submit(user, model(**given), **links).record


def project_of(user: Any, code: str = "p", **given: Any) -> Project:
    return entered(user, Project, code=code, **{"name": "P", "signed_on": UNVEILED} | given)


def new_of(model: Any) -> Any:
    """A new unsaved record; the records it refers to are published."""
    return {
        Source: lambda: Source(code="new", title="T"),
        Enterprise: lambda: Enterprise(code="new", name="N"),
        Project: lambda: Project(code="new", name="N"),
        Receipt: lambda: Receipt(project=make_project(), amount="1.00", received_on=UNVEILED),
        Headline: lambda: Headline(
            code="new",
            what="enterprises_settled",
            as_of=UNVEILED,
            value="35.00",
            area=make_area(),
            source=make_source(),
        ),
    }[model]()


def changed(user: Any, record: Any, **changes: Any) -> review.Submitted:
    """Submit changes of the current record."""
    links = {name: changes.pop(name) for name in LINKS if name in changes}
    again = type(record)._base_manager.get(pk=record.pk)
    for name, value in changes.items():
        setattr(again, name, value)
    return review.submit(user, again, **links)


def rows(record: Any) -> list[tuple[str, Any, str]]:
    """The history rows of a record, oldest first: type, user, role."""
    found = type(record).history.filter(id=record.pk).order_by("history_id")
    return [(row.history_type, row.history_user, row.history_role) for row in found]


def state(record: Any) -> tuple[Any, ...] | None:
    """All columns of the current record; None if it was deleted."""
    return type(record)._base_manager.filter(pk=record.pk).values_list().first()


CLERK, REVIEWER = Role.CLERK.value, Role.REVIEWER.value
OFFICE, ADMINISTRATOR = Role.OFFICE.value, Role.ADMINISTRATOR.value
