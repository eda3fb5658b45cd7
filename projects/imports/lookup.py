"""Find the records that a file refers to, and prepare the new ones that it names."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError as ModelError
from django.utils.translation import gettext as _
from rest_framework.serializers import ValidationError

from projects import names, review, serializers
from projects.data_quality.duplicates import MAX_DUPLICATES, MIN_SIMILARITY
from projects.models import permissions
from projects.models.fields import CODE_PATTERN
from projects.models.generated_codes import code_from_name
from projects.models.permissions import SYSTEM_USER, has_permission
from projects.names import similarity
from projects.names.messages import truncate_for_display
from projects.serializers.errors import api_error, flat

from .mapping import CellError
from .permissions import refusal

# A record by its model and code.
Key = tuple[Any, str]

# The decision that a name is that of a new record.
NEW = "new"


@dataclass(frozen=True)
class UndecidedName:
    """A name that no record has, and similar ones: codes with their similarity, highest first."""

    model: Any
    name: str
    similar: tuple[tuple[str, float], ...]

    @property
    def key(self) -> str:
        return decision_key(self.model, self.name)


def decision_key(model: Any, name: str) -> str:
    """The key of a decision about a name: the model and the normalised name."""
    return f"{model._meta.model_name}:{names.normalise(name)}"


class RecordLookup:
    """Finds records by code, name or other name, and prepares new ones. Writes nothing.

    `created`: new records with their links, unsaved (`write.save_created` saves
    them); later rows find them by code and name. `new_aliases`: names that
    records get as other names. `undecided`: by `decision_key`, names that no
    record has but that are similar to one: a person must decide about each.

    `decisions`: by `decision_key`, the code of the record that is meant, or `new`.
    `user`: None for commands, which may do everything.
    Reading the names of a model costs one query, once.
    """

    def __init__(self, user: Any = None, decisions: Mapping[str, str] | None = None) -> None:
        self.user = SYSTEM_USER if user is None else user
        self.decisions = decisions or {}
        self.known = serializers.RecordCache(self.user)
        self.undecided: dict[str, UndecidedName] = {}
        self.new_aliases: dict[Key, list[str]] = {}
        self._indexes: dict[Any, similarity.NameIndex] = {}
        self.created: dict[Key, tuple[Any, dict[str, Any]]] = {}
        self._codes: dict[Any, dict[str, set[str]]] = {}
        self._hidden: dict[Any, set[str]] = {}

    def find(self, model: Any, name: str, make: Mapping[str, Any] | None) -> str:
        """The code of the record with this name; `make`: fields of one to create otherwise.

        Raises CellError where there is none, or several.
        """
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
                _("no %(noun)s has the name “%(name)s”: add it first, or let the mapping create it")
                % {"noun": model._meta.verbose_name, "name": truncate_for_display(name)}
            )
        if decided := self.decided(model, name):
            self._add_alias(model, decided, name)
            return decided
        if not has_permission(self.user, "add", model):
            raise CellError(
                _("no %(noun)s has the name “%(name)s”, and you have no permission to add one")
                % {"noun": model._meta.verbose_name, "name": truncate_for_display(name)}
            )
        field = "name_zh" if names.is_chinese(name) else "name"
        given = {"code": self.new_code(model, name), field: name, **make}
        try:
            return self.create(model, given)
        except ValidationError as error:
            reasons = "; ".join(
                f"{name}: {message}"
                for name, messages in flat(error.detail).items()
                for message in messages
            )
            raise CellError(
                _("the %(noun)s “%(name)s” cannot be created: %(reasons)s")
                % {
                    "noun": model._meta.verbose_name,
                    "name": truncate_for_display(name),
                    "reasons": reasons,
                }
            ) from None

    def decided(self, model: Any, name: str) -> str | None:
        """The code of the record that a new name was decided to be of; None to create one.

        Raises CellError for a similar name that nobody has decided about yet.
        """
        key = decision_key(model, name)
        decision = self.decisions.get(key)
        if decision == NEW:
            return None
        if decision and self.exists(model, decision):
            return decision
        similar = self._similar(model, name) if model in MIN_SIMILARITY else ()
        if not similar:
            return None
        self.undecided[key] = UndecidedName(model, name, tuple(similar))
        raise CellError(
            _("“%(name)s” is similar to %(codes)s: say whether it is the same record or a new one")
            % {
                "name": truncate_for_display(name),
                "codes": ", ".join(code for code, _score in similar),
            }
        )

    def _similar(self, model: Any, name: str) -> list[tuple[str, float]]:
        if model not in self._indexes:
            by_code: dict[str, list[str]] = defaultdict(list)
            for folded, codes in self._by_name(model).items():
                for code in codes:
                    by_code[code].append(folded)
            self._indexes[model] = similarity.NameIndex(by_code)
        return self._indexes[model].nearest(name, MAX_DUPLICATES, MIN_SIMILARITY[model])

    def _add_alias(self, model: Any, code: str, name: str) -> None:
        """Give a record one more name: in `new_aliases`, or at once if it is not saved yet."""
        if (model, code) in self.created:
            record = self.created[model, code][0]
            if name not in record.alias_list():
                record.aliases = "\n".join([*record.alias_list(), name])
            return
        aliases = self.new_aliases.setdefault((model, code), [])
        if name not in aliases:
            aliases.append(name)

    def label(self, model: Any, code: str) -> str:
        """The name of a record, saved or not; the code where there is none."""
        return str(self.known.get(model, code) or code) if self.exists(model, code) else code

    def codes(self, model: Any, name: str) -> set[str]:
        """The codes of all records with this name."""
        return self._by_name(model).get(names.normalise(name), set())

    def all_names(self, model: Any) -> list[str]:
        """Every name and code of a model's records, normalised."""
        return list(self._by_name(model))

    def create(self, model: Any, given: Mapping[str, Any]) -> str:
        """Prepare a new record, unless one with this code exists; returns the code.

        Raises rest_framework's ValidationError, by field.
        """
        code = str(given["code"])
        if self.exists(model, code):
            return code
        if not has_permission(self.user, "add", model):
            raise ValidationError({"code": [refusal("add", model)]})
        serializer = _serializer_of(model)(data=given, context={"known": self.known})
        for other, codes in references(serializer, [given]).items():
            self.known.read(other, codes)
        serializer.is_valid(raise_exception=True)
        record, links = serializer.apply()
        if not permissions.in_scope(self.user, record):
            raise ValidationError({"code": [permissions.out_of_scope(self.user)]})
        try:
            links = review.check_rules(self.user, record, links, without_queries=True)
        except ModelError as error:
            raise api_error(error) from error
        self.known.add(record)
        self.created[model, code] = (record, links)
        if model in self._codes:
            self._add_names(model, code, *_names_in(record))
        if model in self._indexes:
            self._indexes[model].add(
                code, [one for text in _names_in(record) for one in text.splitlines()]
            )
        return code

    def exists(self, model: Any, code: str) -> bool:
        self.known.read(model, [code])
        return self.known.get(model, code) is not None

    def _by_name(self, model: Any) -> dict[str, set[str]]:
        if model not in self._codes:
            self._codes[model] = defaultdict(set)
            columns = ("code", *_names_of(model))
            for row in model.objects.visible_to(self.user).values_list(*columns).iterator():
                self._add_names(model, *row)
            for former, code in model.objects.visible_to(self.user).former_codes():
                self._codes[model][names.normalise(former)].add(code)
            for (other, code), (record, _links) in self.created.items():
                if other is model:
                    self._add_names(model, code, *_names_in(record))
        return self._codes[model]

    def _add_names(self, model: Any, code: str, *texts: str) -> None:
        """Add a code and names to the names of a model; a text may hold a name a line."""
        for one in (code, *(line for text in texts for line in text.splitlines())):
            if key := names.normalise(one):
                self._codes[model][key].add(code)

    def new_code(self, model: Any, name: str) -> str:
        """A new code from a name, with Chinese in pinyin. No record has it, visible or not."""
        used, hidden = self._by_name(model), self._hidden_codes(model)
        code = code_from_name(
            name,
            model._meta.model_name,
            lambda code: names.normalise(code) in used or code in hidden,
        )
        used[names.normalise(code)].add(code)
        return code

    def _hidden_codes(self, model: Any) -> set[str]:
        """The codes of records that the user may not see, in lower case. One query, once."""
        if model not in self._hidden:
            self._hidden[model] = set()
            if not permissions.has_full_access(self.user):
                seen = model.objects.visible_to(self.user).values("pk")
                hidden = model._base_manager.exclude(pk__in=seen)
                self._hidden[model] = {
                    code.lower() for code in hidden.values_list("code", flat=True)
                }
        return self._hidden[model]


def references(serializer: Any, rows: Any) -> dict[Any, set[str]]:
    """The codes by which `rows`, in the fields of the API, refer to records of each model."""
    found: dict[Any, set[str]] = defaultdict(set)
    for name, model in _reference_fields(serializer.__class__).items():
        for row in rows:
            value = row.get(name)
            for one in value if isinstance(value, list) else [value]:
                code = one.get("sector") if isinstance(one, Mapping) else one
                if isinstance(code, str) and re.fullmatch(CODE_PATTERN, code, re.ASCII):
                    found[model].add(code)
    return found


@cache
def _reference_fields(serializer_class: Any) -> dict[str, Any]:
    """The models to whose records the writable fields of a serializer refer, by field."""
    fields = serializer_class().fields
    models = {name: referred(field) for name, field in fields.items() if not field.read_only}
    return {name: model for name, model in models.items() if model is not None}


def referred(field: Any) -> Any:
    """The model whose records a field names by code; None where it names none."""
    child = getattr(field, "child_relation", None) or getattr(field, "child", None) or field
    sector = getattr(child, "fields", {}).get("sector") if hasattr(child, "fields") else None
    return getattr(sector or child, "model", None)


def _names_of(model: Any) -> tuple[str, ...]:
    """The columns that hold the names of a model's records."""
    return ("name", "name_zh", "aliases") if hasattr(model, "aliases") else ("title",)


def _names_in(record: Any) -> list[str]:
    return [getattr(record, column) for column in _names_of(type(record))]


def _serializer_of(model: Any) -> Any:
    return next(one for one in serializers.BY_MODEL_NAME.values() if one.Meta.model is model)
