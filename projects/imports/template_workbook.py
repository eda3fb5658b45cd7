"""Template workbooks for imports: a column for each field, with drop-downs and explanations.

The headings are the fields of the API, so that no mapping is needed. Examples are
on a sheet of their own, which is not imported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.numbers import get_currency_name
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext
from rest_framework import serializers as rest

from projects import money, serializers
from projects.models import (
    Area,
    Enterprise,
    EnterpriseKind,
    Project,
    Qualifier,
    Sector,
    Source,
    Stage,
    base_currency,
)
from projects.names import places
from projects.serializers.fields import CodeRelatedField, MoneyField
from projects.serializers.labels import field_labels
from projects.spreadsheets.template_sheets import (
    Choices,
    Column,
    ErrorMessages,
    OtherValues,
    template_workbook,
)
from projects.spreadsheets.writing import Row, Sheet

from .lookup import referred

# The most records in a drop-down; if there are more, codes are typed.
MOST_LISTED = 5_000
# One of them is required.
_NAMES = ("name", "name_zh")


def make_template(model_name: str, user: Any) -> bytes:
    """The workbook for an importable model, with the records that `user` may see to choose from.

    One query for each model that the columns refer to.
    """
    lists = _Lists(user)
    fields = _fields(model_name, lists)
    examples = _EXAMPLES[model_name](lists) if model_name in _EXAMPLES else []
    return template_workbook(
        model_name,
        [field.column for field in fields],
        refusals=ErrorMessages(
            title=gettext("This cannot be read"),
            choice=gettext("The sheet “%(lists)s” lists the possible values.")
            % {"lists": gettext("lists")},
            day=gettext("Enter a date: year, month and day, such as 2023-11-11."),
        ),
        lists=gettext("lists"),
        explained=[
            Sheet(
                gettext("columns"),
                [
                    gettext("Column"),
                    gettext("Meaning"),
                    gettext("Format"),
                    gettext("Example"),
                    gettext("Required"),
                ],
                [*(field.explained(examples) for field in fields), *_rules(model_name)],
            ),
            Sheet(
                gettext("examples"),
                [field.name for field in fields],
                [[example.get(field.name) for field in fields] for example in examples],
            ),
        ],
    )


def _rules(model_name: str) -> Iterator[Row]:
    """The rules for all rows, below the explanations of the columns."""
    yield []
    yield [gettext("Fill in the first sheet, one record a row. The other sheets are not imported.")]
    if model_name == "receipts":
        yield [
            gettext(
                "A row that equals an existing payment in every column is that payment; all other "
                "rows are new payments."
            )
        ]
    else:
        yield [
            gettext(
                "A row with an existing code changes that record; blank cells leave its values as "
                "they are."
            )
        ]
    yield [gettext("The examples are made up: follow their format, not their content.")]


# --- What can be chosen ---------------------------------------------------------


class _Lists:
    """The records of drop-downs, each read once; None for a list that would be too long."""

    def __init__(self, user: Any) -> None:
        self.user = user
        self._records: dict[Any, Choices | None] = {}

    def records(self, model: Any) -> Choices | None:
        if model not in self._records:
            visible = model.objects.visible_to(self.user).order_by("code")
            found = [(record.code, record.label) for record in visible[: MOST_LISTED + 1]]
            name = capfirst(str(model._meta.verbose_name_plural))
            self._records[model] = Choices(name, found) if len(found) <= MOST_LISTED else None
        return self._records[model]

    def codes(self, model: Any, number: int) -> list[str | None]:
        """The first `number` codes, filled up with None."""
        choices = self.records(model)
        found: list[str | None] = [code for code, _label in choices.options] if choices else []
        return [*found, *[None] * number][:number]


def _vocabulary(name: str, field: Any) -> list[tuple[str, str]]:
    """The values of a column with their labels; empty if it takes any text."""
    language = get_language() or "en"
    if isinstance(field, rest.ChoiceField):
        return [(str(word), str(label)) for word, label in field.choices.items() if word]
    if name == "currency":
        locale = "zh_Hans" if language.startswith("zh") else "en"
        # The base currency is first.
        codes = sorted(money.currencies(), key=lambda code: (code != base_currency(), code))
        return [(code, get_currency_name(code, locale=locale)) for code in codes]
    if name == "origin":
        return [(code, places.place_name(code, language)) for code in places.all_places()]
    return []


# --- One column -----------------------------------------------------------------


@dataclass(frozen=True)
class _Field:
    """A field that can be written, with its labels and the records or values that it takes."""

    name: str
    field: Any
    words: str
    help_text: str
    # The model whose codes it takes, and its drop-down.
    model: Any = None
    choices: Choices | None = None

    @property
    def required(self) -> str:
        if self.field.required:
            return gettext("yes")
        return gettext("one of the two names") if self.name in _NAMES else ""

    @property
    def form(self) -> str:
        """The format of its cells."""
        return " ".join(filter(None, [self._form(), self.help_text]))

    def _form(self) -> str:
        match self.field:
            case rest.ListSerializer():
                text = gettext(
                    "Codes separated by “;”. If the shares are known, each code is followed by a "
                    "space and its share in per cent."
                )
                return f"{text} {self._where()}"
            case rest.ManyRelatedField():
                return f"{gettext('Codes separated by “;”.')} {self._where()}"
            case CodeRelatedField():
                return f"{gettext('One code.')} {self._where()}"
            case rest.DateField():
                return gettext("A date: year, month and day, such as 2023-11-11.")
            case MoneyField():
                return self._amount()
            case rest.ChoiceField():
                return gettext("A value from the sheet “%(lists)s”.") % {"lists": gettext("lists")}
        if self.name == "currency":
            return gettext(
                "An ISO 4217 currency code, such as USD. The default is %(base)s, unless the "
                "amount includes a currency."
            ) % {"base": base_currency()}
        if isinstance(self.field, rest.IntegerField | rest.FloatField | rest.DecimalField):
            return gettext("A number.")
        if most := getattr(self.field, "max_length", None):
            return gettext("Text of at most %(most)s characters.") % {"most": most}
        return gettext("Text.")

    def _where(self) -> str:
        """Where the codes are listed."""
        named = {
            "records": self.model._meta.verbose_name_plural,
            "lists": gettext("lists"),
        }
        if self.choices is None:
            return gettext("There are too many %(records)s for a list.") % named
        return gettext("The %(records)s are in the sheet “%(lists)s”.") % named

    def _amount(self) -> str:
        text = gettext(
            "A number in units of the currency, or an amount in words, such as 17.6亿元 or more "
            "than 1 billion yuan."
        )
        if not self.field.allow_null:
            return text
        return f"{text} {gettext('“undisclosed” clears the amount; it does not mean zero.')}"

    @property
    def column(self) -> Column:
        lines = [self.words, self.form]
        if self.required:
            lines.append(gettext("Required: %(which)s") % {"which": self.required})
        otherwise = OtherValues.REFUSED
        if isinstance(self.field, CodeRelatedField):
            # The code may be that of a record that is added later.
            otherwise = OtherValues.WARNED
        elif self.model is not None:
            # The drop-down lists single codes, and the cell may hold several.
            otherwise = OtherValues.ACCEPTED
        return Column(
            heading=self.name,
            comment="\n".join(lines),
            is_required=bool(self.field.required),
            is_day=isinstance(self.field, rest.DateField),
            choices=self.choices,
            otherwise=otherwise,
        )

    def explained(self, examples: Sequence[Mapping[str, Any]]) -> Row:
        example = next((each[self.name] for each in examples if each.get(self.name)), None)
        return [self.name, self.words, self.form, example, self.required]


def _fields(model_name: str, lists: _Lists) -> list[_Field]:
    serializer_class = serializers.BY_MODEL_NAME[model_name]
    words = field_labels(serializer_class)
    found = []
    for name, field in serializer_class().fields.items():
        if field.read_only:
            continue
        column = serializer_class.Meta.model._meta.get_field(name)
        model = referred(field)
        if model is not None:
            choices = lists.records(model)
        else:
            vocabulary = _vocabulary(name, field)
            choices = Choices(words[name], vocabulary) if vocabulary else None
        help_text = str(getattr(column, "help_text", ""))
        found.append(_Field(name, field, words[name], help_text, model, choices))
    return found


# --- Examples: two valid rows each, with codes of existing records -------------------------------


def _projects(lists: _Lists) -> list[dict[str, Any]]:
    (area,) = lists.codes(Area, 1)
    lead, *partners = lists.codes(Enterprise, 3)
    first, second = lists.codes(Sector, 2)
    return [
        {
            "code": "example-1",
            "name": "Example textile park",
            "name_zh": "示例纺织产业园",
            "aliases": "Example park\n示例产业园",
            "area": area,
            "enterprise": lead,
            "partners": _together(*partners),
            "sectors": f"{first} 60; {second} 40" if second else first,
            "stage": Stage.OPERATING.value,
            "intended_on": date(2023, 3, 1),
            "signed_on": date(2023, 5, 1),
            "registered_on": date(2023, 6, 1),
            "started_on": date(2023, 8, 1),
            "operating_on": date(2024, 6, 1),
            "amount": "150000000.00",
            "currency": "CNY",
            "qualifier": Qualifier.AT_LEAST.value,
            "amount_text": "more than 150 million yuan",
            "description": gettext("What is built and for whom."),
            "note": gettext("Assumptions, such as a date that the source does not give."),
            "sources": _together(*lists.codes(Source, 2)),
        },
        {
            "code": "example-2",
            "name_zh": "示例冷链基地",
            "sectors": _together(first, second),
            "stage": Stage.TERMINATED.value,
            "signed_on": date(2023, 11, 11),
            "terminated_on": date(2024, 2, 1),
            "amount": "17.6亿元",
        },
    ]


def _enterprises(lists: _Lists) -> list[dict[str, Any]]:
    (area,) = lists.codes(Area, 1)
    return [
        {
            "code": "example-1",
            "name": "Example Textiles Co., Ltd.",
            "name_zh": "示例纺织有限公司",
            "aliases": "Example Textiles\n示例纺织",
            # The example of the standard, GB 32100-2015.
            "uscc": "91350100M000100Y43",
            "origin": "CN-ZJ",
            "kind": EnterpriseKind.PRIVATE.value,
            "area": area,
            "settled_on": date(2023, 11, 11),
            "note": gettext("Anything a reader should know."),
            "sources": _together(*lists.codes(Source, 2)),
        },
        {"code": "example-2", "name": "Example Logistics", "origin": "KZ"},
    ]


def _receipts(lists: _Lists) -> list[dict[str, Any]]:
    (project,) = lists.codes(Project, 1)
    (source,) = lists.codes(Source, 1)
    return [
        {
            "project": project,
            "received_on": date(2023, 12, 1),
            "amount": "5000000.00",
            "currency": "CNY",
            "amount_text": "500万元",
            "source": source,
            "note": gettext("Anything a reader should know."),
        },
        {"project": project, "received_on": date(2024, 3, 1), "amount": "-20万元"},
    ]


def _together(*codes: str | None) -> str:
    return "; ".join(code for code in codes if code)


_EXAMPLES: Mapping[str, Callable[[_Lists], list[dict[str, Any]]]] = {
    "projects": _projects,
    "enterprises": _enterprises,
    "receipts": _receipts,
}
