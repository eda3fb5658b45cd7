"""Match rows to records: by code, or by the fields that identify a record of the model."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from projects import names
from projects.filters.fields import parse_iso_date
from projects.models import Enterprise, ExchangeRate, Project, Receipt
from projects.models.fields import CODE_PATTERN
from projects.models.generated_codes import last_number, project_code, project_code_prefix
from projects.names import credit_codes
from projects.names.messages import truncate_for_display

from .lookup import RecordLookup
from .mapping import CellError

Data = dict[str, Any]


@dataclass(frozen=True)
class Match:
    """The record that a row is about; None for a new one.

    `data`: the row's data, completed: with the code that was found or made.
    `identity`: no two rows of a file may have the same; None for rows that may.
    `error`: field and reason where the key of the row cannot be used.
    """

    data: Data
    record: Any = None
    identity: Any = None
    error: tuple[str, str] | None = None


class NaturalKeys:
    """Matches rows to the records of a model, in a fixed number of queries for each call."""

    def __init__(self, model: Any, lookup: RecordLookup) -> None:
        self.model = model
        self.lookup = lookup
        self.user = lookup.user

    def records(self) -> Any:
        return self.model.objects.visible_to(self.user).with_links()

    def match(self, rows: Sequence[Data], *, by_name: bool = True) -> list[Match]:
        """The match of each row; records come with their links.

        With `by_name` a row without a code matches by its name, or gets a new code.
        """
        raise NotImplementedError

    def existing(self, records: Sequence[Any]) -> list[bool]:
        """Which of these new records, that have no key of their own, exist already."""
        return [False] * len(records)


class CodeKeys(NaturalKeys):
    """By code. Codes that differ by case alone are refused as one that is taken."""

    def match(self, rows: Sequence[Data], *, by_name: bool = True) -> list[Match]:
        lowered = {code.lower() for data in rows if (code := _code(data))}
        records = self.records().annotate(lower=Lower("code")).filter(lower__in=lowered)
        by_code = {record.code: record for record in records} if lowered else {}
        taken = {code.lower(): code for code in by_code}
        without = {
            number: data for number, data in enumerate(rows) if by_name and not data.get("code")
        }
        by_other = self.match_without_code(without) if without else {}
        return [
            by_other[number] if number in by_other else _match_code(data, by_code, taken)
            for number, data in enumerate(rows)
        ]

    def match_without_code(self, rows: Mapping[int, Data]) -> dict[int, Match]:
        """The matches of rows that have no code: none, where only codes tell records apart."""
        return {number: Match(data) for number, data in rows.items()}

    def _decide(self, match: Match, name: str) -> Match:
        """The match of a row whose name no record has, as a person has decided about the name.

        The record that was meant gets it as another name. An error where nobody
        has decided, and the name is similar to others.
        """
        data = match.data
        try:
            code = self.lookup.decided(self.model, name)
        except CellError as error:
            field = "name_zh" if data.get("name_zh") == name else "name"
            return replace(match, error=(field, str(error)))
        if code is None:
            return match
        aliases = self.lookup.known.get(self.model, code).alias_list()
        data = {**data, "code": code}
        data["aliases"] = list(dict.fromkeys([*aliases, *data.get("aliases", ()), name]))
        return replace(
            match, data={key: data[key] for key in data if key not in ("name", "name_zh")}
        )

    def _with_records(
        self, matches: dict[int, Match], found: Mapping[int, str]
    ) -> dict[int, Match]:
        """These matches with the records whose codes were found. One query and its links."""
        if not found:
            return matches
        records = {one.code: one for one in self.records().filter(code__in=set(found.values()))}
        return matches | {
            number: replace(matches[number], record=records[code], identity=code.lower())
            for number, code in found.items()
            if code in records
        }


def _match_code(data: Data, by_code: Mapping[str, Any], taken: Mapping[str, str]) -> Match:
    """`by_code`: the records of these codes in any case; `taken`: their codes by lower case."""
    code = _code(data)
    record, error = by_code.get(code), None
    if record is None and code.lower() in taken:
        sentence = _(
            "The register has “%(code)s”. Codes that differ only in case count as the same: write "
            "it exactly like this."
        )
        error = ("code", sentence % {"code": taken[code.lower()]})
    return Match(data, record, code.lower() or None, error)


class EnterpriseKeys(CodeKeys):
    """By code; without one by the social credit code, and else by the name."""

    def match_without_code(self, rows: Mapping[int, Data]) -> dict[int, Match]:
        credit = {
            number: credit_codes.read_uscc(str(data.get("uscc") or ""))
            for number, data in rows.items()
        }
        holders = self.records().filter(uscc__in=set(credit.values()) - {""})
        by_credit = {record.uscc: record for record in holders}
        matches: dict[int, Match] = {}
        found: dict[int, str] = {}
        for number, data in rows.items():
            record = by_credit.get(credit[number])
            if record is not None:
                data = {**data, "code": record.code}
                matches[number] = Match(data, record, record.code.lower())
            else:
                matches[number], code = self._match_name(data)
                if code:
                    found[number] = code
        return self._with_records(matches, found)

    def _match_name(self, data: Data) -> tuple[Match, str | None]:
        """The match by name, without the record, and the code of the record if one was found."""
        given = [str(data[name]) for name in ("name", "name_zh") if data.get(name)]
        if not given:
            return Match(data), None
        match = Match(data, identity=("name", *sorted(map(names.normalise, given))))
        codes = sorted({code for one in given for code in self.lookup.codes(self.model, one)})
        if len(codes) > 1:
            return replace(match, error=("name", ambiguous(given[0], codes))), None
        if codes:
            return replace(match, data={**data, "code": codes[0]}), codes[0]
        match = self._decide(match, given[0])
        if code := match.data.get("code"):
            return match, code
        code = self.lookup.new_code(self.model, given[0])
        return replace(match, data={**match.data, "code": code}), None


class ProjectKeys(CodeKeys):
    """By code; without one by area, name and lead enterprise together.

    A row without an area or an enterprise may be about a project of any.
    """

    def __init__(self, model: Any, lookup: RecordLookup) -> None:
        super().__init__(model, lookup)
        self._numbers: dict[str, int] = {}

    def match_without_code(self, rows: Mapping[int, Data]) -> dict[int, Match]:
        wanted = {number: self._names(data) for number, data in rows.items()}
        same_name = self._of_names(set().union(*wanted.values()))
        matches: dict[int, Match] = {}
        found: dict[int, str] = {}
        for number, data in rows.items():
            matches[number], code = self._match_name(data, wanted[number], same_name)
            if code:
                found[number] = code
        return self._with_records(matches, found)

    def _match_name(
        self, data: Data, wanted: set[str], same_name: Mapping[str, list[tuple[str, Any, Any]]]
    ) -> tuple[Match, str | None]:
        """The match by name, without the record, and the code of the record if one was found."""
        if not wanted:
            return Match(data), None
        area, lead = data.get("area"), data.get("enterprise")
        match = Match(data, identity=(area, lead, *sorted(wanted)))
        codes = {
            code
            for name in wanted
            for code, of_area, of_lead in same_name.get(name, ())
            if area in (None, of_area) and lead in (None, of_lead)
        }
        first = str(data.get("name") or data.get("name_zh"))
        if len(codes) == 1:
            (code,) = codes
            return replace(match, data={**data, "code": code}), code
        if codes:
            match = replace(match, error=("name", ambiguous(first, sorted(codes))))
        elif not any(name in same_name for name in wanted):
            # A project of the same name elsewhere is another; one of a similar name may be this.
            match = self._decide(match, first)
        if code := match.data.get("code"):
            return match, code
        return replace(match, data={**match.data, "code": self._new_code(match.data)}), None

    @staticmethod
    def _names(data: Data) -> set[str]:
        given = (str(data.get(name) or "") for name in ("name", "name_zh"))
        return {names.normalise(one) for one in given if one} - {""}

    def _of_names(self, wanted: set[str]) -> dict[str, list[tuple[str, Any, Any]]]:
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
        day = parse_iso_date(str(data.get("signed_on") or data.get("intended_on") or ""))
        prefix = project_code_prefix(str(data.get("area") or ""), day)
        if prefix not in self._numbers:
            self._numbers[prefix] = last_number(self.model, prefix)
        self._numbers[prefix] += 1
        return project_code(prefix, self._numbers[prefix])


def ambiguous(name: str, codes: Sequence[str]) -> str:
    return _("“%(name)s” is the name of several records (%(codes)s): give the code.") % {
        "name": truncate_for_display(name),
        "codes": ", ".join(codes[:5]),
    }


def _code(data: Data) -> str:
    """The code of a row as its field reads it; empty if it is not a valid code."""
    value = data.get("code")
    text = str(value).strip() if isinstance(value, (str, int)) and value is not True else ""
    return text if len(text) <= 64 and re.fullmatch(CODE_PATTERN, text, re.ASCII) else ""


class IdKeys(NaturalKeys):
    """By `id`, which the register's own exports have."""

    def match(self, rows: Sequence[Data], *, by_name: bool = True) -> list[Match]:
        ids = {text for data in rows if (text := str(data.get("id") or "")) and _is_id(text)}
        records = {str(record.pk): record for record in self.records().filter(pk__in=ids)}
        return [self._match_id(data, records) for data in rows]

    @staticmethod
    def _match_id(data: Data, records: Mapping[str, Any]) -> Match:
        text = str(data.get("id") or "")
        record, error = records.get(text), None
        if text and record is None:
            sentence = _("There is no record with the id “%(id)s”: leave it empty for a new one.")
            error = ("id", sentence % {"id": truncate_for_display(text)})
        return Match(data, record, text or None, error)


class ReceiptKeys(IdKeys):
    """By `id`; without one a row is an existing payment if one is equal in every column.

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

    def __init__(self, model: Any, lookup: RecordLookup) -> None:
        super().__init__(model, lookup)
        self._left: dict[Any, Counter[Any]] = {}

    def existing(self, records: Sequence[Any]) -> list[bool]:
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
        """Whether an equal payment exists that no earlier row was matched with."""
        row = tuple(getattr(record, column) for column in self.COLUMNS)
        left = self._left.get(row[:2], Counter())
        if left[row] <= 0:
            return False
        left[row] -= 1
        return True


class RateKeys(IdKeys):
    """By `id`; without one, by the two currencies and the day."""

    def match(self, rows: Sequence[Data], *, by_name: bool = True) -> list[Match]:
        wanted: dict[Any, set[Any]] = defaultdict(set)
        for data in rows:
            pair = data.get("from_currency"), data.get("to_currency")
            if day := parse_iso_date(str(data.get("quoted_on", ""))):
                wanted[pair].add(day)
        any_of = Q(pk__in=[])
        for (one, other), days in wanted.items():
            any_of |= Q(from_currency=one, to_currency=other, quoted_on__in=days)
        rates = {
            (rate.from_currency, rate.to_currency, rate.quoted_on.isoformat()): rate
            for rate in self.records().filter(any_of)
        }
        found = []
        for match in super().match(rows, by_name=by_name):
            key = self._key(match.data)
            found.append(replace(match, identity=key, record=match.record or rates.get(key)))
        return found

    def _key(self, data: Data) -> tuple[Any, ...]:
        return tuple(str(data.get(n)) for n in ("from_currency", "to_currency", "quoted_on"))


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 18


KEYS: dict[Any, type[NaturalKeys]] = {
    Project: ProjectKeys,
    Enterprise: EnterpriseKeys,
    Receipt: ReceiptKeys,
    ExchangeRate: RateKeys,
}


def keys_of(model: Any, lookup: RecordLookup) -> NaturalKeys:
    return KEYS.get(model, CodeKeys)(model, lookup)
