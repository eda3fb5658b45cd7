"""The base classes of the register's models."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from projects import names

from . import permissions
from .fields import CodeField
from .links import Link, link_of
from .text_validation import TextValidationMixin


class State(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("state of a record", "draft")
    PUBLISHED = "published", pgettext_lazy("state of a record", "published")


@dataclass(frozen=True)
class RegisterOptions:
    """What a model of the register takes part in; `models.registry` has them all.

    `singular` and `plural` name it in addresses, files and the API. `menu_position`
    is its place in the navigation: None for a model without a list page. Visitors
    report errors in records of a `reportable` model, and an `importable` one is
    imported on a page.
    """

    singular: str
    plural: str
    menu_position: int | None = None
    reportable: bool = False
    importable: bool = False


class RegisterQuerySet(models.QuerySet):
    """The base of all querysets of the register."""

    def visible_to(self, user: AbstractBaseUser | AnonymousUser | None) -> Self:
        """The records that `user` may see: published ones, and drafts by permission.

        None is a visitor; see `permissions`. Pages, API, exports, totals, facets and
        autocompletes all start here. At most three queries, cached on the user.
        """
        if not issubclass(self.model, ReviewedModel):
            return self.all()
        return self.filter(permissions.visible(self.model, user))

    def by_codes(self, codes: Iterable[str]) -> dict[str, Any]:
        """The records with these codes, by code.

        Filters, URLs, API requests and imports look codes up here. One query.
        """
        return {record.code: record for record in self.filter(code__in=set(codes))}

    def former_codes(self) -> Iterable[tuple[str, str]]:
        """Pairs of a former code and the code of the record that has replaced it."""
        return ()

    def with_related(self, user: Any) -> Self:
        """Load what a list or a response shows of related records, as far as `user` may see it.

        One query with joins, and one for each kind of link.
        """
        return self.with_links()

    def with_links(self) -> Self:
        links = [link.prefetch for link in self.model.links().values()]
        return self.joined(self.model.foreign_keys()).prefetch_related(*links)

    def joined(self, columns: Sequence[str]) -> Self:
        """With these related records joined; `columns` may be empty, unlike in Django 6.1."""
        return self.select_related(*columns) if columns else self.select_related(None)


class NamedQuerySet(RegisterQuerySet):
    def matching(self, query: str) -> Self:
        """Records whose search key contains every word of `query`, in either script or pinyin."""
        found = self
        for word in names.search_words(query):
            found = found.filter(search_key__contains=word)
        return found


class RegisterModel(TextValidationMixin):
    """A record with a version, which each change increases by one."""

    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(
        _("updated at"), default=timezone.now, editable=False, db_index=True
    )

    objects = RegisterQuerySet.as_manager()

    register: RegisterOptions
    # The lookup of the area that a record belongs to, for users who are limited to areas.
    AREA: str | None = None
    # Whether users who are limited to areas may write its records, which have no area.
    ANYBODYS = False

    class Meta:
        abstract = True

    @classmethod
    def foreign_keys(cls) -> list[str]:
        return [field.name for field in cls._meta.concrete_fields if field.is_relation]

    @classmethod
    def links(cls) -> dict[str, Link]:
        """The links of the model by the names of their fields."""
        return {field.name: link_of(field) for field in cls._meta.many_to_many}

    @classmethod
    def links_to_reviewed(cls) -> list[str]:
        """The names of its links to records that may be drafts."""
        return [
            name
            for name, link in cls.links().items()
            if issubclass(link.field.related_model, ReviewedModel)
        ]

    def area_key(self) -> int | None:
        """The primary key of its area; None without one."""
        return getattr(self, f"{self.AREA}_id") if self.AREA else None


class CodedModel(RegisterModel):
    """A record that URLs and files identify by its code, unique regardless of case."""

    code = CodeField(
        unique=True,
        help_text=_(
            "Letters, digits, “-”, “_” and “.”. The record's address contains it, so avoid changes."
        ),
        error_messages={"unique": _("Another record has this code (ignoring case).")},
    )

    class Meta(RegisterModel.Meta):
        abstract = True
        constraints = [
            models.UniqueConstraint(
                Lower("code"),
                name="%(class)s_code_unique",
                violation_error_message=_("Another record has this code (ignoring case)."),
            )
        ]

    def validate_unique(self, exclude: Any = None) -> None:
        """Report a duplicate code at its field; the constraint, an expression, could not."""
        super().validate_unique(exclude)
        if exclude and "code" in exclude:
            return
        # Compared as the constraint does, so that its index is used; `iexact` would not use it.
        same = type(self)._base_manager.alias(folded=Lower("code"))
        others = same.filter(folded=Lower(models.Value(self.code))).exclude(pk=self.pk)
        if self.code and others.exists():
            message = self._meta.get_field("code").error_messages["unique"]
            raise ValidationError({"code": ValidationError(message, code="unique")})

    def validate_constraints(self, exclude: Any = None) -> None:
        # `validate_unique` has checked the code; forms call both.
        super().validate_constraints({*(exclude or ()), "code"})


class NamedModel(CodedModel):
    """A coded record with a name in English, in Chinese, or both.

    `search_key` is derived: names, aliases and code, normalised, with pinyin and
    initials of Chinese text.
    """

    name = models.CharField(_("name"), max_length=500, blank=True)
    name_zh = models.CharField(_("Chinese name"), max_length=500, blank=True)
    aliases = models.TextField(
        _("other names"), blank=True, help_text=_("One per line: other spellings and short forms.")
    )
    note = models.TextField(
        _("note"),
        blank=True,
        help_text=_("What a reader must know: assumptions, and what the source does not say."),
    )
    search_key = models.TextField(editable=False, blank=True, default="")

    names_in_lines = ("aliases",)

    objects = NamedQuerySet.as_manager()

    class Meta(CodedModel.Meta):
        abstract = True
        constraints = [
            *CodedModel.Meta.constraints,
            models.CheckConstraint(
                condition=~models.Q(name="", name_zh=""),
                name="%(class)s_has_a_name",
                violation_error_message=_("Give a name, in English or in Chinese."),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search_key = self.make_search_key()
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "search_key"}
        super().save(*args, **kwargs)

    @property
    def label(self) -> str:
        """The name in the reader's language, or in the other if it is missing."""
        chinese = (get_language() or "").startswith("zh")
        first, second = (self.name_zh, self.name) if chinese else (self.name, self.name_zh)
        return first or second or self.code

    def clean(self) -> None:
        """The constraint's rule without a query, as imports check it for each row."""
        super().clean()
        if not self.name and not self.name_zh:
            raise ValidationError(_("Give a name, in English or in Chinese."), "no_name")

    def validate_constraints(self, exclude: Any = None) -> None:
        # `clean` has checked it.
        super().validate_constraints({*(exclude or ()), "name"})

    def alias_list(self) -> list[str]:
        return [line.strip() for line in self.aliases.splitlines() if line.strip()]

    def make_search_key(self) -> str:
        return names.search_key(self.name, self.name_zh, *self.alias_list(), self.code)


class ReviewedModel(models.Model):
    """A record that is published after review.

    Only staff see drafts; `projects.review` publishes them. Published records do
    not refer to drafts, so that nothing public reveals one. The default state, for
    records that code creates, is published.
    """

    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.PUBLISHED, editable=False
    )

    class Meta:
        abstract = True
        default_permissions = ("add", "change", "delete", "view", "publish")
        # Drafts are few, and counted on every page for staff.
        indexes = [
            models.Index(fields=["id"], condition=models.Q(state="draft"), name="%(class)s_drafts")
        ]

    @property
    def is_draft(self) -> bool:
        return self.state == State.DRAFT


class ConvertedModel(models.Model):
    """A record with an amount, whose `conversion` is a derived row with the converted amount."""

    class Meta:
        abstract = True

    @property
    def current_conversion(self) -> Any:
        """The row for the base currency of today's settings; None if there is none.

        A query if it has not been loaded.
        """
        conversion = getattr(self, "conversion", None)
        return conversion if conversion is not None and conversion.is_current else None
