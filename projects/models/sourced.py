from django.db import models
from django.utils.translation import gettext_lazy as _

from .base import NamedModel
from .source import Source


class SourcedModel(NamedModel):
    """A named record that cites sources."""

    sources = models.ManyToManyField(Source, verbose_name=_("sources"), blank=True)

    class Meta(NamedModel.Meta):
        abstract = True
