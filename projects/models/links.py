"""What a record is linked to, and how a link is read, compared and written down."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models


class Link:
    """A many-to-many field of a model of the register: partners or sources.

    Links are values: the other record alone here. Their `parts` are the other
    record and whatever the link says of it.
    """

    def __init__(self, field: models.ManyToManyField) -> None:
        self.field = field
        self.name = field.name

    @property
    def prefetch(self) -> str:
        """What is to be prefetched so that `read` costs no query."""
        return self.name

    @property
    def prefetched(self) -> tuple[str, ...]:
        """The names under which a record keeps what has been prefetched of it."""
        return (self.name,)

    def read(self, record: Any) -> list[Any]:
        """The links of `record`; none of one that has not been saved."""
        return list(getattr(record, self.name).all()) if record.pk else []

    def made(self, other: Any, row: Any) -> Any:
        """The link to `other` as a row of the link table, or of its history, has it."""
        return other

    def parts(self, link: Any) -> tuple[Any, ...]:
        return (link,)

    def key(self, link: Any) -> Any:
        """Equal for links that say the same."""
        other, *rest = self.parts(link)
        return (other.pk, *rest)

    def as_json(self, code: Any, *rest: Any) -> Any:
        """As the API has it; `code` is the other record's."""
        return code

    def as_text(self, code: str, *rest: Any) -> str:
        """As a cell of a file has it."""
        return code

    def display(self, label: str, *rest: Any) -> str:
        """In words for people; `label` is the other record's."""
        return label

    def check(self, links: Sequence[Any]) -> None:
        """Raise ValidationError where a record cannot have these links together."""


class ShareLink(Link):
    """A link with a share in per cent, None where it is not known: a pair of record and share.

    The table of such links has rows of its own, in the order in which they were
    entered, and says in `check_together` which shares a record can have.
    """

    @property
    def rows(self) -> str:
        """The name by which a record has the rows of its links."""
        through = self.field.remote_field.through
        return str(through._meta.get_field(self.field.m2m_field_name()).remote_field.related_name)

    @property
    def other(self) -> str:
        return self.field.m2m_reverse_field_name()

    @property
    def prefetch(self) -> str:
        return f"{self.rows}__{self.other}"

    @property
    def prefetched(self) -> tuple[str, ...]:
        return (self.name, self.rows)

    def read(self, record: Any) -> list[Any]:
        rows: Iterable[Any] = getattr(record, self.rows).all() if record.pk else ()
        return [self.made(getattr(row, self.other), row) for row in rows]

    def made(self, other: Any, row: Any) -> Any:
        return other, row.share

    def parts(self, link: Any) -> tuple[Any, ...]:
        return tuple(link)

    def as_json(self, code: Any, *rest: Any) -> Any:
        (share,) = rest
        return {self.other: code, "share": None if share is None else f"{share:.2f}"}

    def as_text(self, code: str, *rest: Any) -> str:
        (share,) = rest
        return code if share is None else f"{code} {share}"

    def display(self, label: str, *rest: Any) -> str:
        (share,) = rest
        return label if share is None else f"{label} {share} %"

    def check(self, links: Sequence[Any]) -> None:
        through: Any = self.field.remote_field.through
        through.check_together(links)


def link_of(field: Any) -> Link:
    through = field.remote_field.through
    return (Link if through._meta.auto_created else ShareLink)(field)
