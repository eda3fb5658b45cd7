"""Links between records: how they are read, compared and written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models


class Link:
    """A many-to-many field of a model of the register: partners or sources.

    A link is a value, here the other record alone. Its `parts` are the other record
    and the link's own data.
    """

    def __init__(self, field: models.ManyToManyField) -> None:
        self.field = field
        self.name = field.name

    @property
    def prefetch(self) -> str:
        """The lookup to prefetch, so that `read` needs no query."""
        return self.name

    @property
    def prefetched(self) -> tuple[str, ...]:
        """The relations whose prefetched rows are outdated once the links are saved."""
        return (self.name,)

    def read(self, record: Any) -> list[Any]:
        """The links of `record`; none of one that has not been saved."""
        return list(getattr(record, self.name).all()) if record.pk else []

    def of(self, other: Any, *rest: Any) -> Any:
        """The link with these parts."""
        return other

    def parts(self, link: Any) -> tuple[Any, ...]:
        return (link,)

    def key(self, link: Any) -> Any:
        """A key that is equal for equal links."""
        other, *rest = self.parts(link)
        return (other.pk, *rest)

    def as_json(self, code: Any, *rest: Any) -> Any:
        """The link in the format of the API; `code` is the other record's."""
        return code

    def as_text(self, code: str, *rest: Any) -> str:
        """The link in a cell of a file."""
        return code

    def display(self, label: str, *rest: Any) -> str:
        """The link in words; `label` is the other record's."""
        return label

    def check(self, links: Sequence[Any]) -> None:
        """Raise ValidationError if a record cannot have these links together."""


class ShareLink(Link):
    """A link with a share in per cent, None where it is not known: a pair of record and share.

    Its table keeps the order in which links were entered, and checks them in
    `check_together`.
    """

    @property
    def rows(self) -> str:
        """The related name of the link table on the record."""
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
        return [(getattr(row, self.other), row.share) for row in rows]

    def of(self, other: Any, *rest: Any) -> Any:
        return (other, *rest)

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
