"""Records by what files call them, and records that are made because a file names them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError as ModelError
from django.utils.translation import gettext as _
from rest_framework.serializers import ValidationError

from projects import history, names, review, serializers
from projects.data_quality.duplicates import MAX_DUPLICATES, MIN_SIMILARITY
from projects.models import ImportBatch, permissions
from projects.models.fields import CODE_PATTERN
from projects.models.permissions import SYSTEM_USER, has_permission
from projects.names import similarity
from projects.names.messages import truncate_for_display
from projects.serializers.errors import flat, outward

from .mapping import CellError
from .permissions import refusal

Key = tuple[Any, str]


NEW = "new"


@dataclass(frozen=True)
class Undecided:
    """A name that nothing bears, and the records whose names are so like it that a person must
    say whether it is one of them: codes with their scores, the likest first."""

    model: Any
    name: str
    alike: tuple[tuple[str, float], ...]

    @property
    def key(self) -> str:
        return decision_key(self.model, self.name)


def decision_key(model: Any, name: str) -> str:
    """How a decision about a name is kept: the noun, and the name folded."""
    return f"{model._meta.model_name}:{names.normalise(name)}"


class Finder:
    """Finds records of any noun by code, name or other name; makes what it may make.

    What is made is not written before `write`: until then it stands in `known`,
    where the rows that name it find it by its code. Reading the names of a noun
    costs one query, once.

    A name that no record bears, but that is like the name of one, is made only
    once a person has decided so: `decisions` give for its `decision_key` the
    code of the record that is meant, or `new`. A name that is decided to be a
    record's is `learned`, and written as another name of it. Without a `user`
    it works for whoever sits at the machine.
    """

    def __init__(self, user: Any = None, decisions: Mapping[str, str] | None = None) -> None:
        self.user = SYSTEM_USER if user is None else user
        self.decisions = decisions or {}
        self.known = serializers.RecordCache(self.user)
        self.undecided: dict[str, Undecided] = {}
        self.learned: dict[Key, list[str]] = {}
        self._ready: dict[Any, similarity.NameIndex] = {}
        self.made: dict[Key, tuple[Any, dict[str, Any]]] = {}
        self._codes: dict[Any, dict[str, set[str]]] = {}
        self._unseen: dict[Any, set[str]] = {}

    def find(self, model: Any, name: str, make: Mapping[str, Any] | None) -> str:
        """The code of the record that is called so. Raises CellError."""
        codes = self.codes(model, name)
        if len(codes) == 1:
            return next(iter(codes))
        if codes:
            raise CellError(
                _("“%(name)s” is the name of several records (%(codes)s): give the code")
                % {"name": truncate_for_display(name), "codes": ", ".join(sorted(codes)[:5])}
            )
        if make is None:
            raise CellError(
                _("no %(noun)s is called “%(name)s”: enter it first, or let the mapping make it")
                % {"noun": model._meta.verbose_name, "name": truncate_for_display(name)}
            )
        if meant := self.meant(model, name):
            return meant
        if not has_permission(self.user, "add", model):
            raise CellError(
                _("no %(noun)s is called “%(name)s”, and you may not add any")
                % {"noun": model._meta.verbose_name, "name": truncate_for_display(name)}
            )
        field = "name_zh" if re.search(r"[\u3400-\u9fff]", name) else "name"
        given = {"code": self.new_code(model, name), field: name, **make}
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
                % {
                    "noun": model._meta.verbose_name,
                    "name": truncate_for_display(name),
                    "reasons": reasons,
                }
            ) from None

    def meant(self, model: Any, name: str) -> str | None:
        """The record that a person says a new name is of; None where it is to be made.

        Raises CellError where nobody has said so yet, and it is like another.
        """
        key = decision_key(model, name)
        said = self.decisions.get(key)
        if said == NEW:
            return None
        if said and self.is_there(model, said):
            self._learn(model, said, name)
            return said
        alike = self._alike(model, name) if model in MIN_SIMILARITY else ()
        if not alike:
            return None
        self.undecided[key] = Undecided(model, name, tuple(alike))
        raise CellError(
            _("“%(name)s” is like %(codes)s: say whether it is the same or a new one")
            % {
                "name": truncate_for_display(name),
                "codes": ", ".join(code for code, _score in alike),
            }
        )

    def _alike(self, model: Any, name: str) -> list[tuple[str, float]]:
        if model not in self._ready:
            called: dict[str, list[str]] = defaultdict(list)
            for folded, codes in self._by_name(model).items():
                for code in codes:
                    called[code].append(folded)
            self._ready[model] = similarity.NameIndex(called)
        return self._ready[model].nearest(name, MAX_DUPLICATES, MIN_SIMILARITY[model])

    def _learn(self, model: Any, code: str, name: str) -> None:
        """Have a record bear one more name: one that is still to be written at once."""
        if (model, code) in self.made:
            record = self.made[model, code][0]
            if name not in record.alias_list():
                record.aliases = "\n".join([*record.alias_list(), name])
            return
        learned = self.learned.setdefault((model, code), [])
        if name not in learned:
            learned.append(name)

    def label(self, model: Any, code: str) -> str:
        """What a record is called, be it written or still to be made."""
        return str(self.known.get(model, code) or code) if self.is_there(model, code) else code

    def codes(self, model: Any, name: str) -> set[str]:
        """The codes of all records that are called so."""
        return self._by_name(model).get(names.normalise(name), set())

    def all_names(self, model: Any) -> list[str]:
        """Every name and code of a noun's records, folded; for the nearest one to be found."""
        return list(self._by_name(model))

    def make(self, model: Any, given: Mapping[str, Any]) -> str:
        """Have a record made, unless there is one of this code; returns the code.

        Raises rest_framework's ValidationError, by field.
        """
        code = str(given["code"])
        if self.is_there(model, code):
            return code
        if not has_permission(self.user, "add", model):
            raise ValidationError({"code": [refusal("add", model)]})
        serializer = _serializer_of(model)(data=given, context={"known": self.known})
        self._read_references(serializer, given)
        serializer.is_valid(raise_exception=True)
        record, links = serializer.apply()
        links = review.with_publication_state(self.user, record, links)
        if not permissions.in_scope(self.user, record):
            raise ValidationError({"code": [permissions.out_of_scope(self.user)]})
        try:
            history.check(record, without_asking=True, **links)
        except ModelError as error:
            raise outward(error) from error
        self.known.add(record)
        self.made[model, code] = (record, links)
        if model in self._codes:
            self._enter(model, code, *_called(record))
        if model in self._ready:
            self._ready[model].add(
                code, [one for text in _called(record) for one in text.splitlines()]
            )
        return code

    def is_there(self, model: Any, code: str) -> bool:
        self.known.read(model, [code])
        return self.known.get(model, code) is not None

    def write(self, keys: set[Key], batch: ImportBatch | None = None) -> dict[Any, int]:
        """Write what was made and is named here, and what that refers to; how many of each noun.

        `batch` is noted in the proposals that come of names that were learned.
        """
        written: dict[Any, int] = defaultdict(int)
        for key in [key for key in self.made if key in keys]:
            self._write(self.made[key][0], written)
        for (model, code), called in self.learned.items():
            record = model._base_manager.get(code=code)
            new = [name for name in called if name not in record.alias_list()]
            # Whoever may not write the record has said what is meant, and that is all.
            if (
                new
                and has_permission(self.user, "change", model)
                and permissions.in_scope(self.user, record)
            ):
                record.aliases = "\n".join([*record.alias_list(), *new])
                review.submit_many(self.user, [(record, {})], batch)
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
        if author := review.person(self.user):
            record._history_user = author
        history.save(record, **links)
        written[model] += 1

    def _read_references(self, serializer: Any, given: Mapping[str, Any]) -> None:
        for model, codes in references(serializer, [given]).items():
            self.known.read(model, codes)

    def _by_name(self, model: Any) -> dict[str, set[str]]:
        if model not in self._codes:
            self._codes[model] = defaultdict(set)
            columns = ("code", *_names_of(model))
            for row in model.objects.visible_to(self.user).values_list(*columns).iterator():
                self._enter(model, *row)
            for former, code in model.objects.visible_to(self.user).former_codes():
                self._codes[model][names.normalise(former)].add(code)
            for made, _code in list(self.made):
                if made is model:
                    self._enter(model, _code, *_called(self.made[made, _code][0]))
        return self._codes[model]

    def _enter(self, model: Any, code: str, *called: str) -> None:
        """Note what a record is called; other names stand one a line."""
        for one in (code, *(line for text in called for line in text.splitlines())):
            if key := names.normalise(one):
                self._codes[model][key].add(code)

    def new_code(self, model: Any, name: str) -> str:
        """A code made of a name, its Chinese by sound, that no other record has or is given.

        None that the person may not see, either: codes are unique for all.
        """
        sound = re.sub(r"[\u3400-\u9fff]+", lambda han: f" {names.pinyin(han[0])} ", name)
        word = re.sub(r"[^a-z0-9]+", "-", names.normalise(sound)).strip("-")[:56].strip("-")
        word = word or model._meta.model_name
        called, taken = self._by_name(model), self._unseen_codes(model)
        code, number = word, 1
        while names.normalise(code) in called or code.lower() in taken or code in ("none", "bulk"):
            number += 1
            code = f"{word}-{number}"
        called[names.normalise(code)].add(code)
        return code

    def _unseen_codes(self, model: Any) -> set[str]:
        """The codes of what the person may not see, in lower case. One query, once."""
        if model not in self._unseen:
            self._unseen[model] = set()
            if not permissions.has_full_access(self.user):
                seen = model.objects.visible_to(self.user).values("pk")
                hidden = model._base_manager.exclude(pk__in=seen)
                self._unseen[model] = {
                    code.lower() for code in hidden.values_list("code", flat=True)
                }
        return self._unseen[model]


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


def _names_of(model: Any) -> tuple[str, ...]:
    """The columns of what records of a model are called."""
    return ("name", "name_zh", "aliases") if hasattr(model, "aliases") else ("title",)


def _called(record: Any) -> list[str]:
    return [getattr(record, column) for column in _names_of(type(record))]


def _serializer_of(model: Any) -> Any:
    return next(one for one in serializers.BY_NOUN.values() if one.Meta.model is model)
