"""How the rows of each noun are told apart: which record of the register a row is about."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from projects import names
from projects.filters.fields import read_day
from projects.models import Enterprise, ExchangeRate, Project, Receipt
from projects.models.fields import CODE_PATTERN
from projects.names import credit_codes
from projects.names.messages import truncate_for_display

from .lookup import Finder
from .mapping import CellError

Data = dict[str, Any]


@dataclass
class Found:
    """What a row is about: a record, or None; what no other row of the file may share, or None;
    and the field and the sentence where the row's key cannot be used."""

    record: Any = None
    identity: Any = None
    fault: tuple[str, str] | None = None


class Keys:
    """The records that rows are about, asked for a batch at a time."""

    def __init__(self, model: Any, finder: Finder) -> None:
        self.model = model
        self.finder = finder
        self.user = finder.user

    def records(self) -> Any:
        links = [field.name for field in self.model._meta.many_to_many if field.name != "sectors"]
        if hasattr(self.model, "shares"):
            links.append("shares__sector")
        named = [field.name for field in self.model._meta.concrete_fields if field.is_relation]
        records = self.model.objects.visible_to(self.user)
        return records.select_related(*named).prefetch_related(*links)

    def find(self, rows: Sequence[Data], *, by_name: bool = True) -> list[Found]:
        """What each row is about; the records are read with their links.

        With `by_name` a row that comes without a code is about the record of its
        name, or gets a new code.
        """
        raise NotImplementedError

    def already(self, records: Sequence[Any]) -> list[bool]:
        """Of new records without a key of their own, which are there already."""
        return [False] * len(records)


class CodeKeys(Keys):
    """By code: exactly, as a code that differs by case alone is another's."""

    def find(self, rows: Sequence[Data], *, by_name: bool = True) -> list[Found]:
        lowered = {code.lower() for data in rows if (code := _code(data))}
        records = self.records().annotate(lower=Lower("code")).filter(lower__in=lowered)
        by_code = {record.code: record for record in records} if lowered else {}
        self._taken = {code.lower(): code for code in by_code}
        coded = {id(data): self._by_code(_code(data), by_code) for data in rows}
        bare = [data for data in rows if by_name and not data.get("code")]
        uncoded = self.uncoded(bare) if bare else {}
        return [uncoded.get(id(data), coded[id(data)]) for data in rows]

    def _by_code(self, code: str, by_code: dict[str, Any]) -> Found:
        taken = self._taken.get(code.lower())
        found = Found(by_code.get(code), code.lower() or None)
        if found.record is None and taken is not None:
            found.fault = (
                "code",
                _("The register has “%(code)s”, and case makes no difference: write it so.")
                % {"code": taken},
            )
        return found

    def uncoded(self, rows: Sequence[Data]) -> dict[int, Found]:
        """What rows without a code are about, by the `id` of their data. Here they fail."""
        return {id(data): Found() for data in rows}

    def _ask(self, data: Data, name: str, found: Found, named: dict[str, list[int]]) -> None:
        """Whether a name that nothing bears is that of a record, if a person has said so.

        The row is then about that record; a fault where nobody has, and it is like others.
        """
        try:
            code = self.finder.meant(self.model, name)
        except CellError as error:
            found.fault = ("name_zh" if data.get("name_zh") == name else "name", str(error))
            return
        if code is None:
            return
        # Its own name stays; this one it bears as well, and the row itself writes so.
        data["code"] = code
        borne = self.finder.known.get(self.model, code).alias_list()
        data["aliases"] = list(dict.fromkeys([*borne, *data.get("aliases", ()), name]))
        self.finder.learned.pop((self.model, code), None)
        for field in ("name", "name_zh"):
            data.pop(field, None)
        named[code].append(id(data))

    def _give_records(self, named: dict[str, list[int]], found: dict[int, Found]) -> None:
        """The records of these codes to the rows that are about them. One query with its links."""
        for record in self.records().filter(code__in=list(named)) if named else ():
            for key in named[record.code]:
                found[key].record, found[key].identity = record, record.code.lower()


class EnterpriseKeys(CodeKeys):
    """By code; without one, by the social credit code, and else by the name."""

    def uncoded(self, rows: Sequence[Data]) -> dict[int, Found]:
        credit = {id(data): credit_codes.read_uscc(str(data.get("uscc") or "")) for data in rows}
        holders = self.records().filter(uscc__in=set(credit.values()) - {""})
        by_credit = {record.uscc: record for record in holders}
        found: dict[int, Found] = {}
        named: dict[str, list[int]] = defaultdict(list)
        for data in rows:
            record = by_credit.get(credit[id(data)])
            if record is not None:
                data["code"] = record.code
                found[id(data)] = Found(record, record.code.lower())
                continue
            said = [str(data[name]) for name in ("name", "name_zh") if data.get(name)]
            codes = sorted({code for one in said for code in self.finder.codes(self.model, one)})
            found[id(data)] = Found(identity=("name", *sorted(map(names.normalise, said))))
            if not said:
                found[id(data)].identity = None
            elif len(codes) > 1:
                found[id(data)].fault = ("name", several(said[0], codes))
            elif codes:
                data["code"] = codes[0]
                named[codes[0]].append(id(data))
            else:
                self._ask(data, said[0], found[id(data)], named)
                if not data.get("code"):
                    data["code"] = self.finder.new_code(self.model, said[0])
        self._give_records(named, found)
        return found


class ProjectKeys(CodeKeys):
    """By code; without one, by area, name and lead enterprise together.

    A row that says nothing of area or enterprise may be about a project of any.
    """

    def __init__(self, model: Any, finder: Finder) -> None:
        super().__init__(model, finder)
        self._numbers: dict[str, int] = {}

    def uncoded(self, rows: Sequence[Data]) -> dict[int, Found]:
        wanted = {id(data): self._names(data) for data in rows}
        alike = self._alike(set().union(*wanted.values()) if wanted else set())
        found: dict[int, Found] = {}
        named: dict[str, list[int]] = defaultdict(list)
        for data in rows:
            said = wanted[id(data)]
            one = found[id(data)] = Found()
            if not said:
                continue
            area, lead = data.get("area"), data.get("enterprise")
            one.identity = (area, lead, *sorted(said))
            codes = {
                code
                for name in said
                for code, of_area, of_lead in alike.get(name, ())
                if area in (None, of_area) and lead in (None, of_lead)
            }
            first = str(data.get("name") or data.get("name_zh"))
            if len(codes) > 1:
                one.fault = ("name", several(first, sorted(codes)))
            elif codes:
                data["code"] = next(iter(codes))
                named[data["code"]].append(id(data))
            elif not any(name in alike for name in said):
                # One of the same name elsewhere is another; one that is called almost so may
                # be this one.
                self._ask(data, first, one, named)
            if not data.get("code"):
                data["code"] = self._new_code(data)
        self._give_records(named, found)
        return found

    @staticmethod
    def _names(data: Data) -> set[str]:
        said = (str(data.get(name) or "") for name in ("name", "name_zh"))
        return {names.normalise(one) for one in said if one} - {""}

    def _alike(self, wanted: set[str]) -> dict[str, list[tuple[str, Any, Any]]]:
        """Projects that have one of these names, by name: code, area, lead enterprise.

        One query; it reads every search key.
        """
        found: dict[str, list[tuple[str, Any, Any]]] = defaultdict(list)
        if not wanted:
            return found
        columns = ("search_key", "code", "area__code", "enterprise__code")
        projects = self.model.objects.visible_to(self.user).order_by()
        for key, *rest in projects.values_list(*columns).iterator():
            # Each line of a search key is a form of a name.
            for name in wanted.intersection(key.split("\n")):
                found[name].append(tuple(rest))
        return found

    def _new_code(self, data: Data) -> str:
        """`kashi-2023-007`: area, year of signing, and the next number of the two."""
        day = read_day(str(data.get("signed_on") or data.get("intended_on") or ""))
        parts = [str(data.get("area") or "project")[:48], *([str(day.year)] if day else [])]
        prefix = f"{'-'.join(parts)}-"
        if prefix not in self._numbers:
            # Codes are unique for all, whoever may see them.
            codes = self.model._base_manager.filter(code__istartswith=prefix)
            rests = [code[len(prefix) :] for code in codes.values_list("code", flat=True)]
            numbers = [int(rest) for rest in rests if re.fullmatch(r"[0-9]{1,9}", rest)]
            self._numbers[prefix] = max(numbers, default=0)
        self._numbers[prefix] += 1
        return f"{prefix}{self._numbers[prefix]:03d}"


def several(name: str, codes: Sequence[str]) -> str:
    return _("“%(name)s” is the name of several records (%(codes)s): give the code.") % {
        "name": truncate_for_display(name),
        "codes": ", ".join(codes[:5]),
    }


def _code(data: Data) -> str:
    """The code of a row as its field reads it; empty for what is none, and no question to ask."""
    value = data.get("code")
    text = str(value).strip() if isinstance(value, (str, int)) and value is not True else ""
    return text if len(text) <= 64 and re.fullmatch(CODE_PATTERN, text, re.ASCII) else ""


class IdKeys(Keys):
    """By `id`, where a row has one: of records that a file of ours came from."""

    def find(self, rows: Sequence[Data], *, by_name: bool = True) -> list[Found]:
        ids = {text for data in rows if (text := str(data.get("id") or "")) and _is_id(text)}
        records = {str(record.pk): record for record in self.records().filter(pk__in=ids)}
        return [self._by_id(str(data.get("id") or ""), records) for data in rows]

    @staticmethod
    def _by_id(text: str, records: dict[str, Any]) -> Found:
        found = Found(records.get(text), text or None)
        if text and found.record is None:
            found.fault = (
                "id",
                _("There is no record with the id “%(id)s”: leave it empty for a new one.")
                % {"id": truncate_for_display(text)},
            )
        return found


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

    def __init__(self, model: Any, finder: Finder) -> None:
        super().__init__(model, finder)
        self._left: dict[Any, Counter[Any]] = {}

    def already(self, records: Sequence[Any]) -> list[bool]:
        unread = {
            (record.project.pk, record.received_on)
            for record in records
            if record.project.pk is not None
        } - self._left.keys()
        self._left |= {key: Counter() for key in unread}
        # A ledger has years of payments for one project: only those of the file's days are read.
        rows = self.model.objects.visible_to(self.user).filter(
            project__in={project for project, _day in unread},
            received_on__in={day for _project, day in unread},
        )
        for row in rows.values_list(*self.COLUMNS).iterator():
            if row[:2] in unread:
                self._left[row[:2]][row] += 1
        return [self._take(record) for record in records]

    def _take(self, record: Receipt) -> bool:
        """Whether one like it is there that no earlier row was."""
        row = tuple(getattr(record, column) for column in self.COLUMNS)
        left = self._left.get(row[:2], Counter())
        if left[row] <= 0:
            return False
        left[row] -= 1
        return True


class RateKeys(IdKeys):
    """By `id`; without one, by the two currencies and the day."""

    def find(self, rows: Sequence[Data], *, by_name: bool = True) -> list[Found]:
        wanted: dict[Any, set[Any]] = defaultdict(set)
        for data in rows:
            pair = data.get("from_currency"), data.get("to_currency")
            if day := read_day(str(data.get("quoted_on", ""))):
                wanted[pair].add(day)
        asked = Q(pk__in=[])
        for (one, other), days in wanted.items():
            asked |= Q(from_currency=one, to_currency=other, quoted_on__in=days)
        rates = {
            (rate.from_currency, rate.to_currency, rate.quoted_on.isoformat()): rate
            for rate in self.records().filter(asked)
        }
        found = super().find(rows, by_name=by_name)
        for one, data in zip(found, rows, strict=True):
            one.identity = self._triple(data)
            one.record = one.record or rates.get(one.identity)
        return found

    def _triple(self, data: Data) -> tuple[Any, ...]:
        return tuple(str(data.get(n)) for n in ("from_currency", "to_currency", "quoted_on"))


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 18


KINDS: dict[Any, type[Keys]] = {
    Project: ProjectKeys,
    Enterprise: EnterpriseKeys,
    Receipt: ReceiptKeys,
    ExchangeRate: RateKeys,
}


def keys_of(model: Any, finder: Finder) -> Keys:
    return KINDS.get(model, CodeKeys)(model, finder)
