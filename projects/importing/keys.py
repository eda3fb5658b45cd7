"""How the rows of each noun are told apart: which record of the register a row is about."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from projects.filters.values import read_day
from projects.models import ExchangeRate, Receipt
from projects.models.fields import CODE_PATTERN

Data = dict[str, Any]


class Keys:
    """The records that rows are about, asked for a batch at a time.

    `standing` gives the record of each row of data (None: there is none), read
    with its links; `identity` is what no two rows of a file may share, or None.
    """

    def __init__(self, model: Any, user: Any) -> None:
        self.model = model
        self.user = user

    def records(self) -> Any:
        links = [field.name for field in self.model._meta.many_to_many if field.name != "sectors"]
        if hasattr(self.model, "shares"):
            links.append("shares")
        return self.model.objects.visible_to(self.user).prefetch_related(*links)

    def standing(self, rows: Sequence[Data]) -> list[Any]:
        raise NotImplementedError

    def identity(self, data: Data) -> Any:
        raise NotImplementedError

    def fault(self, data: Data, record: Any) -> tuple[str, str] | None:
        """The field and the sentence, where the key of a row cannot be used."""
        return None

    def already(self, records: Sequence[Any]) -> list[bool]:
        """Of new records without a key of their own, which are there already."""
        return [False] * len(records)


class CodeKeys(Keys):
    """By code: exactly, as a code that differs by case alone is another's."""

    def standing(self, rows: Sequence[Data]) -> list[Any]:
        codes = [_code(data) for data in rows]
        lowered = {code.lower() for code in codes if code}
        found = {
            record.code: record
            for record in self.records().annotate(lower=Lower("code")).filter(lower__in=lowered)
        }
        self._taken = {code.lower(): code for code in found}
        return [found.get(code) for code in codes]

    def identity(self, data: Data) -> Any:
        return _code(data).lower() or None

    def fault(self, data: Data, record: Any) -> tuple[str, str] | None:
        taken = self._taken.get(_code(data).lower())
        if record is not None or taken is None:
            return None
        return "code", _(
            "The register has “%(code)s”, and upper and lower case count as one: write it so."
        ) % {"code": taken}


def _code(data: Data) -> str:
    """The code of a row as its field reads it; empty for what is none, and no question to ask."""
    value = data.get("code")
    text = str(value).strip() if isinstance(value, (str, int)) and value is not True else ""
    return text if len(text) <= 64 and re.fullmatch(CODE_PATTERN, text, re.ASCII) else ""


class IdKeys(Keys):
    """By `id`, where a row has one: of records that a file of ours came from."""

    def standing(self, rows: Sequence[Data]) -> list[Any]:
        ids = {text for data in rows if (text := str(data.get("id") or "")) and _is_id(text)}
        found = {str(record.pk): record for record in self.records().filter(pk__in=ids)}
        return [found.get(str(data.get("id") or "")) for data in rows]

    def identity(self, data: Data) -> Any:
        return str(data.get("id") or "") or None

    def fault(self, data: Data, record: Any) -> tuple[str, str] | None:
        text = str(data.get("id") or "")
        if record is not None or not text:
            return None
        return "id", _("There is no record with the id “%(id)s”: leave it empty for a new one.") % {
            "id": text[:40]
        }


class ReceiptKeys(IdKeys):
    """By `id`; without one, a row is a payment that is there if one is the same in everything.

    Equal rows are separate payments: of two in a file and one in the register,
    one is new.
    """

    COLUMNS = (
        "project_id",
        "received_on",
        "amount",
        "currency",
        "amount_text",
        "source_id",
        "note",
    )

    def __init__(self, model: Any, user: Any) -> None:
        super().__init__(model, user)
        self._left: dict[Any, Counter[Any]] = {}

    def already(self, records: Sequence[Any]) -> list[bool]:
        unread = {record.project.pk for record in records} - self._left.keys() - {None}
        rows = self.model.objects.visible_to(self.user).filter(project__in=unread)
        self._left |= {key: Counter() for key in unread}
        for row in rows.values_list(*self.COLUMNS):
            self._left[row[0]][row] += 1
        return [self._take(record) for record in records]

    def _take(self, record: Receipt) -> bool:
        """Whether one like it is there that no earlier row was."""
        row = tuple(getattr(record, column) for column in self.COLUMNS)
        left = self._left.get(record.project.pk, Counter())
        if left[row] <= 0:
            return False
        left[row] -= 1
        return True


class RateKeys(IdKeys):
    """By `id`; without one, by the two currencies and the day."""

    def standing(self, rows: Sequence[Data]) -> list[Any]:
        by_id = super().standing(rows)
        wanted: dict[Any, set[Any]] = defaultdict(set)
        for data in rows:
            pair = data.get("from_currency"), data.get("to_currency")
            if day := read_day(str(data.get("quoted_on", ""))):
                wanted[pair].add(day)
        asked = Q(pk__in=[])
        for (one, other), days in wanted.items():
            asked |= Q(from_currency=one, to_currency=other, quoted_on__in=days)
        found = {
            (rate.from_currency, rate.to_currency, rate.quoted_on.isoformat()): rate
            for rate in self.records().filter(asked)
        }
        return [
            record or found.get(self._triple(data))
            for record, data in zip(by_id, rows, strict=True)
        ]

    def identity(self, data: Data) -> Any:
        return self._triple(data)

    def _triple(self, data: Data) -> tuple[Any, ...]:
        return tuple(str(data.get(n)) for n in ("from_currency", "to_currency", "quoted_on"))


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 18


def keys_of(model: Any, user: Any) -> Keys:
    kind = {Receipt: ReceiptKeys, ExchangeRate: RateKeys}.get(model, CodeKeys)
    return kind(model, user)
