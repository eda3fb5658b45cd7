"""Records by what files call them, and records that are made because a file names them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError as ModelError
from django.utils.translation import gettext as _
from rest_framework.serializers import ValidationError

from projects import names, recording, serializers
from projects.models.fields import CODE_PATTERN
from projects.serializers.errors import flat, outward

from .mapping import CellError

Key = tuple[Any, str]


class Finder:
    """Finds records of any noun by code, name or other name; makes what it may make.

    What is made is not written before `write`: until then it stands in `known`,
    where the rows that name it find it by its code. Reading the names of a noun
    costs one query, once.
    """

    def __init__(self, user: Any = None) -> None:
        self.user = user
        self.known = serializers.Known(user)
        self.made: dict[Key, tuple[Any, dict[str, Any]]] = {}
        self._codes: dict[Any, dict[str, set[str]]] = {}

    def find(self, model: Any, name: str, make: Mapping[str, Any] | None) -> str:
        """The code of the record that is called so. Raises CellError."""
        codes = self._by_name(model).get(names.normalise(name), set())
        if len(codes) == 1:
            return next(iter(codes))
        if codes:
            raise CellError(
                _("“%(name)s” is the name of several records (%(codes)s): give the code")
                % {"name": name[:60], "codes": ", ".join(sorted(codes)[:5])}
            )
        if make is None:
            raise CellError(
                _("no %(noun)s is called “%(name)s”: enter it first, or let the mapping make it")
                % {"noun": model._meta.verbose_name, "name": name[:60]}
            )
        field = "name_zh" if re.search(r"[\u3400-\u9fff]", name) else "name"
        given = {"code": self._code_for(model, name), field: name, **make}
        try:
            return self.make(model, given)
        except ValidationError as error:
            reasons = "; ".join(
                f"{name}: {message}"
                for name, messages in flat(error.detail).items()
                for message in messages
            )
            raise CellError(
                _("the %(noun)s “%(name)s” cannot be made: %(reasons)s")
                % {"noun": model._meta.verbose_name, "name": name[:60], "reasons": reasons}
            ) from None

    def make(self, model: Any, given: Mapping[str, Any]) -> str:
        """Have a record made, unless there is one of this code; returns the code.

        Raises rest_framework's ValidationError, by field.
        """
        code = str(given["code"])
        if self.is_there(model, code):
            return code
        serializer = _serializer_of(model)(data=given, context={"known": self.known})
        self._read_references(serializer, given)
        serializer.is_valid(raise_exception=True)
        record, links = serializer.apply()
        try:
            recording.check(record, without_asking=True, **_of_project(links))
        except ModelError as error:
            raise outward(error) from error
        self.known.add(record)
        self.made[model, code] = (record, links)
        if model in self._codes:
            self._enter(model, code, record.name, record.name_zh, record.aliases)
        return code

    def is_there(self, model: Any, code: str) -> bool:
        self.known.read(model, [code])
        return self.known.get(model, code) is not None

    def write(self, keys: set[Key]) -> dict[Any, int]:
        """Write what was made and is named here, and what that refers to; how many of each noun."""
        written: dict[Any, int] = defaultdict(int)
        for key in [key for key in self.made if key in keys]:
            self._write(self.made[key][0], written)
        return written

    def _write(self, record: Any, written: dict[Any, int]) -> None:
        if record.pk is not None:
            return
        model = type(record)
        _record, links = self.made[model, record.code]
        for column in model._meta.concrete_fields:
            other = column.is_relation and column.is_cached(record) and getattr(record, column.name)
            if other:
                self._write(other, written)
                # It has a key now.
                setattr(record, column.name, other)
        for linked in links.values():
            for other in linked or ():
                self._write(other[0] if isinstance(other, tuple) else other, written)
        recording.save(record, **links)
        written[model] += 1

    def _read_references(self, serializer: Any, given: Mapping[str, Any]) -> None:
        for model, codes in references(serializer, [given]).items():
            self.known.read(model, codes)

    def _by_name(self, model: Any) -> dict[str, set[str]]:
        if model not in self._codes:
            self._codes[model] = defaultdict(set)
            columns = ("code", "name", "name_zh", "aliases")
            for row in model.objects.visible_to(self.user).values_list(*columns).iterator():
                self._enter(model, *row)
            for made, _code in list(self.made):
                if made is model:
                    record = self.made[made, _code][0]
                    self._enter(model, _code, record.name, record.name_zh, record.aliases)
        return self._codes[model]

    def _enter(self, model: Any, code: str, name: str, name_zh: str, aliases: str) -> None:
        for one in (code, name, name_zh, *aliases.splitlines()):
            if key := names.normalise(one):
                self._codes[model][key].add(code)

    def _code_for(self, model: Any, name: str) -> str:
        """A code made of a name, its Chinese by sound, that no other record has."""
        sound = re.sub(r"[\u3400-\u9fff]+", lambda han: f" {names.pinyin(han[0])} ", name)
        word = re.sub(r"[^a-z0-9]+", "-", names.normalise(sound)).strip("-")[:56].strip("-")
        word = word or model._meta.model_name
        taken = self._by_name(model)
        code, number = word, 1
        while names.normalise(code) in taken or code in ("none", "bulk"):
            number += 1
            code = f"{word}-{number}"
        return code


def references(serializer: Any, rows: Any) -> dict[Any, set[str]]:
    """The codes by which `rows`, in the fields of the API, refer to records of each noun."""
    found: dict[Any, set[str]] = defaultdict(set)
    for name, field in serializer.fields.items():
        if field.read_only:
            continue
        model = referred(field)
        if model is None:
            continue
        for row in rows:
            value = row.get(name)
            for one in value if isinstance(value, list) else [value]:
                code = one.get("sector") if isinstance(one, Mapping) else one
                if isinstance(code, str) and re.fullmatch(CODE_PATTERN, code, re.ASCII):
                    found[model].add(code)
    return found


def referred(field: Any) -> Any:
    """The model whose records a field names by code; None where it names none."""
    child = getattr(field, "child_relation", None) or getattr(field, "child", None) or field
    sector = getattr(child, "fields", {}).get("sector") if hasattr(child, "fields") else None
    return getattr(sector or child, "model", None)


def _serializer_of(model: Any) -> Any:
    return next(one for one in serializers.BY_NOUN.values() if one.Meta.model is model)


def _of_project(links: Mapping[str, Any]) -> dict[str, Any]:
    return {name: links[name] for name in ("sectors", "partners") if name in links}
