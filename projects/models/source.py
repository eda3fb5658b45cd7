from __future__ import annotations

from typing import Self

from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from projects import names

from .base import CodedModel, RegisterOptions, RegisterQuerySet, ReviewedModel
from .history import RegisterHistory


class SourceQuerySet(RegisterQuerySet):
    def matching(self, query: str) -> Self:
        """Sources whose title, publisher or code together contain every word of `query`."""
        found = self
        for word in names.search_words(query):
            found = found.filter(
                Q(title__icontains=word) | Q(publisher__icontains=word) | Q(code__icontains=word)
            )
        return found


class Source(CodedModel, ReviewedModel):
    """One row is one publication that records of the register cite.

    Only `quote` may contain names of persons.
    """

    title = models.CharField(_("title"), max_length=500)
    publisher = models.CharField(_("publisher"), max_length=300, blank=True)
    published_on = models.DateField(_("published on"), null=True, blank=True)
    url = models.URLField(
        _("address"),
        max_length=2000,
        blank=True,
        validators=[
            URLValidator(
                schemes=["http", "https"],
                message=_("Give an address that begins with http:// or https://."),
            )
        ],
        help_text=_("Begins with http:// or https://; empty where it is not known."),
    )
    quote = models.TextField(_("quoted words"), blank=True)
    note = models.TextField(_("note"), blank=True)

    register = RegisterOptions("source", "sources", menu_position=6, reportable=True)
    ANYBODYS = True

    objects = SourceQuerySet.as_manager()
    history = RegisterHistory()

    class Meta(CodedModel.Meta, ReviewedModel.Meta):
        abstract = False
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["-published_on", "code"]

    def __str__(self) -> str:
        return self.title

    @property
    def label(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("source", args=[self.code])
