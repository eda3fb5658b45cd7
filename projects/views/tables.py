"""The tables of the list pages: one class a model, one `Column` for each thing a row can show."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from projects.models import Area, Enterprise, Project, Source
from projects.serializers.labels import field_label
from projects.templatetags.figures import (
    comma,
    day,
    leaves_out,
    moment,
    money,
    named,
    other_name,
    sum_of,
)
from projects.templatetags.marks import draft_mark

NOTHING = "–"


@dataclass(frozen=True)
class Column:
    """One column of a table.

    `name` is that of the field in files and of the order by the column. `cell`
    turns the value of the field, or the record where `of_record`, into HTML.
    `label` is the field's own where it is empty. `first` is "-" where the largest
    or latest is wanted at the top at first. `kind` is a class of the cells: code,
    day or number.
    """

    name: str
    cell: Callable[[Any], Any]
    label: Any = ""
    first: str = ""
    kind: str = ""
    of_record: bool = False
    is_usual: bool = True

    def value(self, record: Any) -> Any:
        return self.cell(record if self.of_record else getattr(record, self.name))


@dataclass(frozen=True)
class Cell:
    column: Column
    label: str
    value: Any
    # Whether it tells which record the row is of.
    is_heading: bool


class Table:
    """Records as rows. `shown` are names of columns; without them the usual ones are shown."""

    model: Any
    columns: Sequence[Column]
    # The columns that tell rows apart: the first of them that is shown is the rows' heading.
    headings: Sequence[str] = ("name", "code")
    # Whether a reader chooses among the columns.
    has_choice = False
    empty: Any
    style = "cards"

    def __init__(
        self, records: Sequence[Any], shown: Iterable[str] = (), *, is_sortable: bool = True
    ) -> None:
        self.records = records
        names = set(shown) or self.usual()
        self.shown = [column for column in self.columns if column.name in names]
        self.is_sortable = is_sortable

    @classmethod
    def choices(cls) -> list[str]:
        """The names of the columns that a reader can choose among."""
        return [column.name for column in cls.columns] if cls.has_choice else []

    @classmethod
    def usual(cls) -> set[str]:
        return {column.name for column in cls.columns if column.is_usual}

    @classmethod
    def label(cls, column: Column) -> str:
        return str(column.label) or field_label(cls.model, column.name)

    @property
    def caption(self) -> str:
        return f"{self.model.register.plural}-caption"

    @property
    def head(self) -> list[tuple[Column, str]]:
        return [(column, self.label(column)) for column in self.shown]

    def rows(self) -> Iterable[list[Cell]]:
        """The cells of each record. No queries but those of the cells."""
        names = [column.name for column in self.shown]
        heading = next(name for name in self.headings if name in names)
        for record in self.records:
            yield [
                Cell(column, label, self.value(column, record, heading), column.name == heading)
                for column, label in self.head
            ]

    def value(self, column: Column, record: Any, heading: str) -> Any:
        if column.name == heading == "code":
            return link_to(record, record.code)
        return column.value(record)


# --- Cells ---------------------------------------------------------------------------------------


def link_to(record: Any, label: Any = None) -> str:
    """A record's page, under its name."""
    text = named(record.label) if label is None else label
    return format_html('<a href="{}">{}</a>{}', record.get_absolute_url(), text, draft_mark(record))


def link_or_unstated(record: Any) -> str:
    return link_to(record) if record else gettext("not stated")


def name(record: Any) -> str:
    """A record's name as a link, and under it the one in the other script."""
    other = other_name(record)
    below = format_html('<span class="other">{}</span>', named(other)) if other else ""
    return format_html("{}\n{}", link_to(record), below)


def links(records: Any) -> str:
    return in_line(map(link_to, records.all())) or NOTHING


def in_line(texts: Iterable[str]) -> str:
    return format_html_join(comma(in_list=True), "{}", ((text,) for text in texts))


def sectors(project: Any) -> str:
    names = in_line(named(share.sector.label) for share in project.shares.all())
    return names or gettext("not stated")


def received(amount: Any) -> str:
    return NOTHING if amount is None else money(amount)


def origin(enterprise: Any) -> str:
    return enterprise.origin_name or gettext("not stated")


def kind(enterprise: Any) -> str:
    return enterprise.get_kind_display() or gettext("not stated")


def or_nothing(value: Any) -> Any:
    return NOTHING if value in (None, "") else value


NAME = Column("name", name, _("Name"), of_record=True)
CODE = Column("code", str, kind="code")
UPDATED_AT = Column("updated_at", moment, _("Changed at"), "-", "day", is_usual=False)


# --- Tables --------------------------------------------------------------------------------------


class ProjectTable(Table):
    model = Project
    has_choice = True
    empty = _("No projects.")
    columns = (
        NAME,
        CODE,
        Column("area", link_or_unstated),
        Column("enterprise", link_or_unstated, _("Enterprise")),
        Column("partners", links, is_usual=False),
        Column("sectors", sectors, of_record=True),
        Column("stage", Project.get_stage_display, of_record=True),
        Column("signed_on", day, first="-", kind="day"),
        Column("registered_on", day, first="-", kind="day", is_usual=False),
        Column("started_on", day, first="-", kind="day", is_usual=False),
        Column("operating_on", day, first="-", kind="day", is_usual=False),
        Column(
            "amount",
            lambda project: money(project.amount, project.currency, project.qualifier),
            first="-",
            kind="number",
            of_record=True,
        ),
        Column("received", received, _("Received"), "-", "number", is_usual=False),
        UPDATED_AT,
    )


class EnterpriseTable(Table):
    model = Enterprise
    has_choice = True
    empty = _("No enterprises.")
    columns = (
        NAME,
        CODE,
        Column("uscc", or_nothing, kind="code", is_usual=False),
        Column("area", link_or_unstated),
        Column("settled_on", day, first="-", kind="day"),
        Column("origin", origin, _("Origin"), of_record=True),
        Column("kind", kind, of_record=True),
        UPDATED_AT,
    )


class AreaTable(Table):
    """Areas, with what was contracted for each as `figures` of the totals have it, by code."""

    model = Area
    empty = _("No areas.")
    style = "stacks"
    columns = (
        NAME,
        Column("zone", lambda zone: named(zone.label)),
        Column("unveiled_on", day, first="-", kind="day"),
        Column("size_km2", or_nothing, _("Size, km²"), "-", "number"),
        Column("contracted", str, _("Contracted"), "-", "number", of_record=True),
    )

    def __init__(self, records: Sequence[Any], figures: Any) -> None:
        super().__init__(records)
        self.figures = figures

    def value(self, column: Column, record: Any, heading: str) -> Any:
        if column.name != "contracted":
            return super().value(column, record, heading)
        figure = self.figures.get(record.code)
        if not figure:
            return gettext("no projects")
        return format_html(
            '<a href="{}">{}</a> <small>{}</small>',
            figure.href,
            sum_of(figure),
            leaves_out(figure),
        )


class SourceTable(Table):
    model = Source
    empty = _("No sources.")
    style = "stacks"
    headings = ("title",)
    columns = (
        Column("title", link_to, of_record=True),
        Column("publisher", named),
        Column("published_on", day, first="-", kind="day"),
    )
