"""Edit conflicts: a record was changed, deleted or decided on after a user had opened it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils.translation import gettext as _

from projects.models import permissions
from projects.models.display import display_value

from .diff import record_of


class ConflictError(IntegrityError):
    """A record was changed, deleted or decided on after it was read.

    Without `record` it is about several, such as all records of a preview. `by`
    and `at` are given for a decision; of a change they are read from history by `sentence`.
    """

    def __init__(self, record: Any = None, by: Any = None, at: datetime | None = None) -> None:
        super().__init__("A record was changed, deleted or decided on after it was read.")
        self.record, self.by, self.at = record, by, at

    def sentence(self, user: Any) -> str:
        """The message for `user`, with the name of the author for staff. At most one query."""
        if self.at is not None:
            template = _(
                "“%(record)s” was decided on by %(who)s at %(when)s, after you opened it. Look at "
                "it again."
            )
            found = LastChange(
                self.record, str(self.by or _("somebody else")), display_value(self.at)
            )
        else:
            last = None if self.record is None else last_change(type(self.record), self.record.pk)
            if last is None:
                return anything_changed()
            if last.is_deletion:
                template = _(
                    "“%(record)s” was deleted by %(who)s at %(when)s, after you opened it."
                )
                found = last
            else:
                template = _(
                    "“%(record)s” was changed by %(who)s at %(when)s, after you opened it. Look at "
                    "it again before you save."
                )
                found = last._replace(record=self.record)
        if not (permissions.has_full_access(user) or getattr(user, "is_staff", False)):
            found = found._replace(who=_("somebody else"))
        return template % {"record": found.record, "who": found.who, "when": found.when}


class LastChange(NamedTuple):
    """The last write of a record: the record after it, its author and its time, in words."""

    record: Any
    who: str
    when: str
    is_deletion: bool = False


def last_change(model: Any, key: Any) -> LastChange | None:
    """The last write of the record with this key; None where history has none. One query."""
    if not hasattr(model, "history"):
        return None
    try:
        rows = model.history.filter(id=model._meta.pk.to_python(key))
    except ValidationError:
        return None
    row = rows.select_related("history_user").first()
    if row is None:
        return None
    return LastChange(
        record_of(model, row),
        str(row.history_user or _("somebody else")),
        display_value(row.history_date),
        row.history_type == "-",
    )


def anything_changed() -> str:
    """The message of conflicts about several records, such as those of an import."""
    return _(
        "Nothing was saved: the register has changed since you looked at it. Look at it again, "
        "then try once more."
    )
